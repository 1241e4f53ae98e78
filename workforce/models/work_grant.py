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
    before it accepts, the vendor sees nothing of the work itself.

    Terms (prices to `minimum_gold_iou`) are fixed once offered, in the database as well; other terms are another offer.
    `share` is the percent of a shared queue that is offered; without one the vendor works on all of it with others.
    A price is in `currency` (ISO 4217), per accepted data object or per hour; `purchase_cap` is an amount in it.
    `accept_by` ends an unanswered offer, `expires_at` the work."""

    vendor_id = models.UUIDField()
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="work_grants")
    state = models.CharField(max_length=10, choices=GrantState, default=GrantState.OFFERED)
    title = models.CharField(max_length=128, default="", blank=True)
    preview = models.BooleanField(default=False)
    share = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    accept_by = models.DateTimeField(null=True, blank=True)
    price_per_object = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    price_per_hour = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    purchase_cap = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    quality_terms = models.TextField(default="", blank=True)
    minimum_gold_iou = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    decline_reason = models.CharField(max_length=500, default="", blank=True)
    revoked_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "work_queue", "vendor_id"],
                condition=models.Q(state__in=["offered", "accepted"]),
                name="work_grant_once",
            ),
            models.CheckConstraint(
                condition=(models.Q(price_per_object__isnull=True) | models.Q(price_per_object__gte=0))
                & (models.Q(price_per_hour__isnull=True) | models.Q(price_per_hour__gte=0))
                & (models.Q(price_per_object__isnull=True) | models.Q(price_per_hour__isnull=True))
                & (models.Q(purchase_cap__isnull=True) | models.Q(purchase_cap__gt=0)),
                name="work_grant_price",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$")
                | models.Q(
                    currency="", price_per_object__isnull=True, price_per_hour__isnull=True, purchase_cap__isnull=True
                ),
                name="work_grant_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_gold_iou__isnull=True)
                | models.Q(minimum_gold_iou__gte=0, minimum_gold_iou__lte=1),
                name="work_grant_gold_iou",
            ),
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__gte=1, share__lte=100), name="work_grant_share"
            ),
        ]
        indexes = [models.Index(fields=["vendor_id", "state"], name="work_grant_vendor")]

    def __str__(self) -> str:
        return self.title or f"grant {self.pk}"


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
