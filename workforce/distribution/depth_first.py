"""Depth first: objects that somebody has begun are finished before another one is begun."""

from django.utils.translation import gettext_lazy as _

from workforce.distribution.policy import Arm, Policy

POLICY = Policy(
    "depth_first",
    _("Finish photos that are begun"),
    _("Photos that lack answers of others go first: soon there are finished ones."),
    (Arm("s.is_begun", "s.position"), Arm("NOT s.is_begun", "s.position")),
)
