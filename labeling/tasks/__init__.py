"""Outbox topics of labeling; importing this package registers them."""

from labeling.tasks import answers, functions, intake, quality, storage, vendors, withdrawals

__all__ = ["answers", "functions", "intake", "quality", "storage", "vendors", "withdrawals"]
