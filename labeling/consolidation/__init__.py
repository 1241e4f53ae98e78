"""One mask of several answers. Pure; README.md states the rules with worked examples."""

from .base import Answer, Consolidated, ConsolidationError, ConsolidationRule
from .heat import disagreement_png
from .registry import DEFAULT_RULE, UnknownRuleError, get_rule, rule_names

__all__ = [
    "DEFAULT_RULE",
    "Answer",
    "Consolidated",
    "ConsolidationError",
    "ConsolidationRule",
    "UnknownRuleError",
    "disagreement_png",
    "get_rule",
    "rule_names",
]
