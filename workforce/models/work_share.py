"""The parts of a queue that is shared out."""

from django.db import models

from maskwright.core.models import TenantForeignKey, TenantModel
from workforce.models.work_queue import WorkQueue


class WorkShare(TenantModel):
    """A part of a shared queue; the parts of a queue make 100 percent.

    `audience_id` says whose it is, as at the slots: a grant's vendor (the grant's id), the own team (the
    organization's id), or nobody yet (the queue's id). `marked`: items that fell to it since the queue was shared out.
    """

    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="shares")
    audience_id = models.UUIDField()
    percent = models.PositiveSmallIntegerField()
    marked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "work_queue", "audience_id"], name="work_share_once"),
            models.CheckConstraint(condition=models.Q(percent__gte=1, percent__lte=100), name="work_share_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of {self.work_queue_id}"
