"""Vendor grants: a customer lets a vendor work on one queue."""

from typing import ClassVar, Self

from django.db import models

from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.models.work_queue import WorkQueue
from workforce.models.workforce import WorkTeam
from workforce.states import GrantState


class WorkGrant(TenantModel):
    """`organization_id` is the customer. Live = accepted, begun, not over, not revoked. `preview`: the vendor's
    manager may look at photos; a labeler sees the photo of his live claim in any case. `title` says what is offered:
    before it accepts, the vendor sees nothing of the work itself."""

    vendor_id = models.UUIDField()
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="work_grants")
    state = models.CharField(max_length=10, choices=GrantState, default=GrantState.OFFERED)
    title = models.CharField(max_length=128, default="", blank=True)
    preview = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "work_queue", "vendor_id"],
                condition=models.Q(state__in=["offered", "accepted"]),
                name="work_grant_once",
            )
        ]
        indexes = [models.Index(fields=["vendor_id", "state"], name="work_grant_vendor")]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class GrantStaffing(TenantModel):
    """A vendor's team on a grant; the vendor's own row, which the customer cannot read."""

    work_grant_id = models.UUIDField()
    work_queue_id = models.UUIDField()
    customer_id = models.UUIDField()
    work_team = TenantForeignKey(WorkTeam, on_delete=models.CASCADE, related_name="staffings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "work_grant_id", "work_team"], name="staffing_once")
        ]

    def __str__(self) -> str:
        return f"{self.work_team_id} on {self.work_grant_id}"
