"""First in: the queue's order, from a random shard on, so that many labelers do not all reach for its head."""

from django.utils.translation import gettext_lazy as _

from workforce.distribution.policy import Arm, Policy

POLICY = Policy(
    "first_in",
    _("In the order of the photos"),
    _("Photos that came first go first."),
    (Arm("s.shard >= %(shard)s", "s.shard, s.position"), Arm("s.shard < %(shard)s", "s.shard, s.position")),
)
