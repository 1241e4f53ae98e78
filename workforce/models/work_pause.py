"""Pauses of people: who gets nothing of a queue for a time, and why."""

from typing import ClassVar, Self

from django.db import models

from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.models.work_queue import WorkQueue
from workforce.models.worker import Worker


class WorkPause(TenantModel):
    """The customer's row; the person's employer (`vendor_id`, null for own people) reads it.

    It holds while `ended_at` is null and `until` (null: until somebody ends it) is to come. What he holds he may
    finish. `reason` is told to the person; `cause_id` names what made it, for its owner."""

    vendor_id = models.UUIDField(null=True)
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    worker = TenantForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, default="", blank=True)
    cause_id = models.UUIDField(null=True)
    created_by = models.UUIDField(null=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "work_queue", "worker"],
                condition=models.Q(ended_at=None),
                name="work_pause_once",
            )
        ]
        indexes = [models.Index(fields=["worker"], condition=models.Q(ended_at=None), name="work_pause_worker")]

    def __str__(self) -> str:
        return f"{self.worker_id} paused"
