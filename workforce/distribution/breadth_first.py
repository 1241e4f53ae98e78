"""Breadth first: every object gets its first answer before any gets its second.

An item's slots are numbered, and the lowest ready number goes first: the number says how many answers come before it.
"""

from django.utils.translation import gettext_lazy as _

from workforce.distribution.policy import Arm, Policy

POLICY = Policy(
    "breadth_first",
    _("Every photo once, then again"),
    _("Photos with the fewest answers go first: soon there is one answer for each."),
    (Arm("true", "s.number, s.position"),),
)
