"""Withdrawals of a job as the organization in scope may see them: its own job's, or, a vendor, of its own people."""

import uuid

from django.db.models import QuerySet

from labeling.models import Withdrawal


def withdrawal_list(job_id: uuid.UUID) -> QuerySet[Withdrawal]:
    """The newest first."""
    return Withdrawal.objects.filter(job_id=job_id).select_related("worker").order_by("-created_at", "-id")
