"""Outbox topics of labeling; importing this package registers them."""

from labeling.tasks import answers, intake, quality, storage, vendors, withdrawals

__all__ = ["answers", "intake", "quality", "storage", "vendors", "withdrawals"]
