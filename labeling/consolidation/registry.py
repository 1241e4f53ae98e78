"""The rules by name. A new rule is a file in this folder and an entry here."""

from __future__ import annotations

from labeling.wording import gettext_noop as _

from .base import ConsolidationRule
from .majority import Majority
from .single import Single

DEFAULT_RULE = "majority"

_RULES: dict[str, ConsolidationRule] = {rule.name: rule for rule in (Majority(), Single())}


class UnknownRuleError(LookupError):
    """No rule has this name; `str()` lists those that exist."""


def get_rule(name: str) -> ConsolidationRule:
    """The rule called `name`. Raises UnknownRuleError."""
    try:
        return _RULES[name]
    except KeyError:
        listed = ", ".join(rule_names())
        raise UnknownRuleError(
            _("There is no consolidation rule '%(name)s'. Choose one of: %(listed)s.")
            % {"name": name, "listed": listed}
        ) from None


def rule_names() -> tuple[str, ...]:
    """All names, the default first."""
    return (DEFAULT_RULE, *sorted(name for name in _RULES if name != DEFAULT_RULE))
