"""Outbox topics of labeling; importing this package registers them."""

from labeling.tasks import answers, intake

__all__ = ["answers", "intake"]
