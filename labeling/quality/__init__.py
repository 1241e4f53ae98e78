"""Quality of people, in numbers: scores of masks against a truth, their uncertainty, when a gold task is due, and the
rules (collector, condition, action) that act on it. Pure: no Django, no database, no storage.

A new collector, condition or action is a file in its folder and an entry in that folder's registry.
"""

from .evidence import Evidence
from .intervals import Interval, mean_interval, share_interval
from .measurement import Measurement
from .mixing import gold_is_due
from .rules import USUAL, BrokenRuleError, Rule, fires
from .scores import CONFUSED, CORRECT, EXTRA, MISSED, Confusion, MaskScore, error_overlay, score_mask

__all__ = [
    "CONFUSED",
    "CORRECT",
    "EXTRA",
    "MISSED",
    "USUAL",
    "BrokenRuleError",
    "Confusion",
    "Evidence",
    "Interval",
    "MaskScore",
    "Measurement",
    "Rule",
    "error_overlay",
    "fires",
    "gold_is_due",
    "mean_interval",
    "score_mask",
    "share_interval",
]
