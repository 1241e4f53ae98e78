"""In which order the places of a queue are given out, one file for each policy, and what holds beside it: how queues
take turns (`ageing`), who has the skills (`skill_match`), whose part of a shared queue a place is (`sharing`).

A policy is a list of arms: each finds one place through an index of the ready slots, the next one only when the arm
before found none. `workforce.services.claim_sql` puts the arms of all policies into the one statement of a claim; of
a queue, those of its own policy run. A policy is chosen for a queue; the rules (`RULES`) hold in all.
"""

from workforce.distribution import ageing, breadth_first, depth_first, first_in, sharing, skill_match
from workforce.distribution.ageing import effective_priority
from workforce.distribution.policy import Arm, Policy, Rule

#: By name, in the order in which they are offered.
POLICIES: dict[str, Policy] = {one.name: one for one in (first_in.POLICY, breadth_first.POLICY, depth_first.POLICY)}
DEFAULT_POLICY = first_in.POLICY.name
RULES: dict[str, Rule] = {one.name: one for one in (ageing.RULE, skill_match.RULE, sharing.RULE)}

__all__ = ["DEFAULT_POLICY", "POLICIES", "RULES", "Arm", "Policy", "Rule", "effective_priority"]
