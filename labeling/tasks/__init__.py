"""Outbox topics of labeling; importing this package registers them."""

from labeling.tasks import intake

__all__ = ["intake"]
