"""In which order the places of a queue are given out, one file for each policy, and how queues take turns.

A policy is a list of arms: each finds one place through an index of the ready slots, the next one only when the arm
before found none. `workforce.services.claim_sql` puts the arms of all policies into the one statement of a claim; of
a queue, those of its own policy run.
"""

from workforce.distribution import breadth_first, depth_first, first_in
from workforce.distribution.ageing import effective_priority
from workforce.distribution.policy import Arm, Policy

#: By name, in the order in which they are offered.
POLICIES: dict[str, Policy] = {one.name: one for one in (first_in.POLICY, breadth_first.POLICY, depth_first.POLICY)}
DEFAULT_POLICY = first_in.POLICY.name

__all__ = ["DEFAULT_POLICY", "POLICIES", "Arm", "Policy", "effective_priority"]
