"""Claims: who held which slot, from when to when, and how it ended."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.models.work_queue import Slot, WorkItem, WorkQueue
from workforce.models.worker import Worker
from workforce.states import ClaimState, Stage


class Claim(TenantModel):
    """A lease of a slot by one labeler.

    `revision` is the queue's when it was taken, `stage` and `round` the slot's; `work_grant_id` is the vendor's grant
    under which it was taken, null for the organization's own people. `active_seconds` excludes pauses. `is_withdrawn`:
    the answer given under it was withdrawn; its holder does not get the item again.
    """

    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="claims")
    work_item = TenantForeignKey(WorkItem, on_delete=models.CASCADE, related_name="claims")
    slot = TenantForeignKey(Slot, on_delete=models.CASCADE, related_name="claims")
    worker = TenantForeignKey(Worker, related_name="claims")
    fencing_token = models.BigIntegerField()
    revision = models.PositiveIntegerField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.LABEL, db_default=Stage.LABEL)
    round = models.PositiveSmallIntegerField(default=1, db_default=1)
    work_grant_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.LIVE)
    claimed_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    active_seconds = models.FloatField(default=0.0)
    reason = models.CharField(max_length=500, default="", blank=True)
    is_withdrawn = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "work_queue", "worker"],
                condition=models.Q(state="live"),
                name="claim_live_once",
            ),
            models.UniqueConstraint(fields=["organization_id", "slot", "fencing_token"], name="claim_token_once"),
        ]
        indexes = [
            models.Index(fields=["organization_id", "worker", "claimed_at"], name="claim_worker"),
            models.Index(fields=["work_item"], name="claim_item"),
            models.Index(fields=["work_queue", "-claimed_at"], name="claim_queue_latest"),
            models.Index(fields=["worker"], condition=models.Q(state="live"), name="claim_worker_live"),
            models.Index(fields=["work_queue", "worker"], condition=models.Q(state="expired"), name="claim_expired"),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"
