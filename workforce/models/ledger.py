"""What was worked and what counts of it: rows that are added and never changed; a correction is another row."""

from typing import ClassVar, Self

from django.db import models

from maskwright.accounts.models import User
from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.models.claim import Claim
from workforce.models.work_queue import WorkQueue
from workforce.models.worker import Worker
from workforce.states import EntryKind, EntryReason, Stage


class ActivityClock(TenantModel):
    """Up to when a person's activity is counted, whatever he works on: two tabs count once. The employer's row.

    A heartbeat moves it under its row lock; `since` and `seconds` are what that heartbeat counted.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    counted_until = models.DateTimeField()
    since = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "user"], name="activity_clock_once")]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.counted_until}"


class LedgerEntry(TenantModel):
    """Seconds worked (`time`), or an answer that counts (`object`, 1) or counts no more (-1).

    `organization_id` is the customer's; `vendor_id` the employer's where that is another, who reads it for ever. Prices
    stand elsewhere. `taken_at` is when the claim was taken: the price of that moment holds. `is_rework`: done again
    after the same person's answer came back, which is free. Added by heartbeats and by the database's triggers on slots
    and claims, so that no way to an answer's end goes past it.
    """

    vendor_id = models.UUIDField(null=True)
    work_queue = TenantForeignKey(WorkQueue, related_name="+")
    claim = TenantForeignKey(Claim, related_name="+")
    worker = TenantForeignKey(Worker, related_name="+")
    work_item_id = models.UUIDField()
    slot_id = models.UUIDField()
    work_grant_id = models.UUIDField(null=True)
    stage = models.CharField(max_length=10, choices=Stage)
    kind = models.CharField(max_length=10, choices=EntryKind)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    is_rework = models.BooleanField(default=False)
    reason = models.CharField(max_length=12, choices=EntryReason)
    note = models.CharField(max_length=500, default="", blank=True)
    actor_id = models.UUIDField(null=True)
    taken_at = models.DateTimeField()
    at = models.DateTimeField()

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        indexes = [
            models.Index(fields=["claim", "kind"], name="ledger_claim"),
            models.Index(fields=["slot_id"], condition=models.Q(kind="object"), name="ledger_slot"),
            models.Index(fields=["organization_id", "at"], name="ledger_customer"),
            models.Index(fields=["vendor_id", "at"], condition=models.Q(vendor_id__isnull=False), name="ledger_vendor"),
            models.Index(fields=["worker", "at"], name="ledger_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
