"""Outbox topics of labeling; importing this package registers them."""

from labeling.tasks import answers, intake, storage

__all__ = ["answers", "intake", "storage"]
