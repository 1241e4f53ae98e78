"""Withdrawals: answers of a person, or of a vendor's people, that no longer count."""

from typing import ClassVar, Self

from django.db import models

from labeling.models.annotation import Annotation
from labeling.models.job import LabelingJob, Task
from labeling.states import WithdrawalState
from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.models import Worker


class Withdrawal(TenantModel):
    """An order to withdraw: the accepted label answers of `worker`, or of everybody who worked under `work_grant_id`,
    submitted from `since` (null: the beginning) to `until`. Applied by a worker process, object by object.

    `vendor_id` is whose people they are, null for the organization's own; `by_vendor`: that vendor ordered it, and
    may undo it. `answers`, `objects`: how many it withdrew; `restored`: how many answers its undoing brought back.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="withdrawals")
    worker = TenantForeignKey(Worker, null=True, related_name="+")
    vendor_id = models.UUIDField(null=True)
    work_grant_id = models.UUIDField(null=True)
    by_vendor = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    key = models.UUIDField()
    state = models.CharField(max_length=10, choices=WithdrawalState, default=WithdrawalState.APPLYING)
    answers = models.PositiveIntegerField(default=0)
    objects_count = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "job", "key"], name="withdrawal_key_once"),
        ]
        indexes = [models.Index(fields=["job", "-created_at"], name="withdrawal_job")]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class WithdrawnAnswer(TenantModel):
    """One answer that a withdrawal took, or a review it made void, and how the object stood `before`.

    `before`: {task_state, review, item_state, stage, round, consolidated}. `round_after`: the item's round since then,
    null where nobody labels the object any more.
    """

    withdrawal = TenantForeignKey(Withdrawal, on_delete=models.CASCADE, related_name="withdrawn")
    annotation = TenantForeignKey(Annotation, on_delete=models.CASCADE, related_name="+")
    task = TenantForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    is_review = models.BooleanField(default=False)
    before = models.JSONField(default=dict)
    round_after = models.PositiveSmallIntegerField(null=True)
    is_restored = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "withdrawal", "annotation"], name="withdrawn_once")
        ]
        indexes = [models.Index(fields=["withdrawal", "task"], name="withdrawn_task")]

    def __str__(self) -> str:
        return f"withdrawn {self.annotation_id}"
