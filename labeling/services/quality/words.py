"""Rules and what they did, in words for whoever reads them, in his language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.models import QualityEvent
from labeling.quality import Interval
from labeling.quality.actions import ACTIONS
from labeling.quality.collectors import COLLECTORS
from labeling.quality.conditions import CONDITIONS


def rule_words(rule: Mapping[str, Any]) -> str:
    """A rule as one sentence; one of a newer release by its names."""
    collector, condition = COLLECTORS.get(rule["collector"]), CONDITIONS.get(rule["condition"])
    if collector is None or condition is None or rule["action"] not in ACTIONS:
        return f"{rule['collector']} {rule['condition']} {rule['limit']:g}: {rule['action']}"
    return _("%(measured)s %(condition)s %(limit)s: %(action)s.") % {
        "measured": _measured(rule),
        "condition": _(condition.label),
        "limit": _number(rule["limit"], collector.is_share),
        "action": action_words(rule),
    }


def event_words(event: QualityEvent) -> str:
    """Why a rule acted: what was found, of how much, and what the rule says."""
    rule = event.rule
    collector = COLLECTORS.get(rule["collector"])
    if collector is None:
        return rule_words(rule)
    if not collector.is_share:
        return _("%(measured)s: %(value)s. The rule acts from %(limit)s on.") % {
            "measured": _measured(rule),
            "value": f"{event.value:g}",
            "limit": f"{rule['limit']:g}",
        }
    return _("%(measured)s: %(score)s on %(photos)s. The rule: %(rule)s") % {
        "measured": _measured(rule),
        "score": interval_words(Interval(event.value, event.low, event.high)),
        "photos": ngettext("%(count)d photo", "%(count)d photos", event.count) % {"count": event.count},
        "rule": rule_words(rule),
    }


def interval_words(found: Interval) -> str:
    """A share and where the true one lies, with 95 % confidence."""
    return _("%(value)s %% (%(low)s to %(high)s)") % {
        "value": f"{found.value * 100:.0f}",
        "low": f"{found.low * 100:.0f}",
        "high": f"{found.high * 100:.0f}",
    }


def action_words(rule: Mapping[str, Any]) -> str:
    settings = rule.get("action_settings") or {}
    match rule["action"]:
        case "pause" if settings.get("hours"):
            hours = settings["hours"]
            return ngettext(
                "pause the person in this job for %(hours)s hour",
                "pause the person in this job for %(hours)s hours",
                int(hours),
            ) % {"hours": f"{hours:g}"}
        case "pause":
            return _("pause the person in this job until a manager ends it")
        case "set_skill" if settings.get("level") is None:
            return _("set the skill %(skill)s to what was measured") % {"skill": settings.get("skill", "")}
        case "set_skill":
            return _("set the skill %(skill)s to %(level)s") % {
                "skill": settings.get("skill", ""),
                "level": settings["level"],
            }
    action = ACTIONS.get(rule["action"])
    return _(action.label) if action is not None else str(rule["action"])


def outcome_words(event: QualityEvent) -> str:
    """What an event did, where that is another thing than its rule says."""
    if event.rule["action"] == "set_skill" and not event.outcome:
        return _("No skill was set: a vendor's people have their skills from the vendor.")
    return ""


def _measured(rule: Mapping[str, Any]) -> str:
    collector = COLLECTORS[rule["collector"]]
    label = _(collector.label)
    label = label[:1].upper() + label[1:]
    usual = {name: values[0] for name, values in collector.settings.items()}
    settings = {**usual, **(rule.get("collector_settings") or {})}
    if "last" in settings:
        return _("%(label)s (last %(number)s)") % {"label": label, "number": f"{settings['last']:g}"}
    if "seconds" in settings:
        return _("%(label)s (under %(number)s sec)") % {"label": label, "number": f"{settings['seconds']:g}"}
    return label


def _number(limit: float, is_share: bool) -> str:
    return f"{limit * 100:g} %" if is_share else f"{limit:g}"
