"""A person's scores and what rules did, as rows of the managers' pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from labeling.models import QualityEvent
from labeling.selectors.quality import PersonQuality
from labeling.services.quality.words import event_words, interval_words, outcome_words
from labeling.states import EventState
from maskwright.core.charts import interval
from maskwright.organizations.admin_html import badge, moment


def person_row(one: PersonQuality, classes: Mapping[int, str]) -> dict[str, Any]:
    return {
        "worker_id": one.worker_id,
        "answers": one.answers,
        "golds": one.golds,
        "gold": _interval(one.gold, gettext("Score on gold tasks")) if one.gold else "",
        "accuracy": "–" if one.accuracy is None else f"{one.accuracy * 100:.0f} %",
        "compared": one.compared,
        "agreement": _interval(one.agreement, gettext("Agreement")) if one.agreement else "",
        "classes": [(_name(classes, index), f"{iou * 100:.0f} %") for index, iou in one.classes.items()],
        "confused": [
            gettext("%(truth)s as %(answer)s: %(pixels)s pixels")
            % {"truth": _name(classes, truth), "answer": _name(classes, answer), "pixels": f"{pixels:,}"}
            for truth, answer, pixels in one.confused
        ],
        "pause": one.pause,
    }


def agreed_words(one: PersonQuality, least: Decimal | None) -> dict[str, Any] | None:
    """What was agreed with a vendor; `is_missed` only where chance does not explain it."""
    if least is None or one.gold is None:
        return None
    words = gettext("agreed: at least %(percent)s %%") % {"percent": f"{least * 100:.0f}"}
    return {"words": words, "is_missed": one.gold.high < float(least)}


def _interval(found: Any, title: str) -> dict[str, Any]:
    return {"words": interval_words(found), "drawn": interval(found.value, found.low, found.high, title=title)}


def _name(classes: Mapping[int, str], index: int) -> str:
    return gettext("unlabeled") if index == 0 else classes.get(index, str(index))


def event_row(event: QualityEvent) -> dict[str, Any]:
    is_undone = event.state == EventState.UNDONE
    return {
        "id": event.pk,
        "at": moment(event.at),
        "words": event_words(event),
        "outcome": outcome_words(event),
        "state": badge(EventState(event.state).label, "" if is_undone else "warning"),
        "may_undo": not is_undone,
        "undone_at": moment(event.undone_at) if is_undone else "",
    }
