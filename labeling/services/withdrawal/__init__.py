"""Withdraw all answers of a person, or of a vendor's people, in a job or of a time: preview, apply, undo once.

Ordered by the customer's managers, who know a vendor's people by pseudonym, or by the vendor's managers for their own
people. Applied and undone by a worker process in the customer's scope, one object in one transaction.
"""

from labeling.services.withdrawal.apply import apply_withdrawal
from labeling.services.withdrawal.order import order_undo, order_withdrawal
from labeling.services.withdrawal.selection import Preview, Selection, preview
from labeling.services.withdrawal.undo import undo_withdrawal

__all__ = [
    "Preview",
    "Selection",
    "apply_withdrawal",
    "order_undo",
    "order_withdrawal",
    "preview",
    "undo_withdrawal",
]
