"""When a team works: a span or more for each weekday, in its time zone."""

import uuid
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from maskwright.core.errors import DomainError, FieldProblem
from workforce.models import TeamSchedule, WorkTeam
from workforce.services.balances import database_now
from workforce.services.hours import hours_of, set_hours

_Spans = list[tuple[int, str, str]]


def hours_context(request: HttpRequest, team: WorkTeam) -> dict[str, Any]:
    """What the page shows: each day's spans and an empty one to fill in, and whether the team works now.

    What was typed and refused is shown again.
    """
    schedule = TeamSchedule.objects.filter(work_team=team).first() or TeamSchedule(time_zone="UTC", hours=[])
    time_zone, shown = _typed(request) if request.method == "POST" else (schedule.time_zone, schedule.hours)
    spans: dict[int, list[tuple[str, str]]] = {day: [] for day in range(7)}
    for day, begin, end in shown:
        spans[int(day)].append((begin, end))
    now = database_now()
    hours = hours_of(schedule)
    return {
        "days": [(day, WEEKDAYS[day], [*spans[day], ("", "")]) for day in range(7)],
        "time_zone": time_zone,
        "zones": sorted(available_timezones()),
        "has_hours": bool(schedule.hours),
        "works_now": hours.is_open(now),
        "opens_at": hours.next_opening(now),
    }


def save_hours(request: HttpRequest, team_id: uuid.UUID) -> bool:
    """Take the form; False, with what is wrong told, when the service refused it."""
    time_zone, hours = _typed(request)
    try:
        set_hours(work_team_id=team_id, time_zone=time_zone, hours=hours)
    except DomainError as error:
        for message in dict.fromkeys([_in_words(problem, hours) for problem in error.fields] or [error.message]):
            messages.error(request, message)
        return False
    messages.success(request, _("Saved. Nobody of the team is told anything outside of these hours."))
    return True


def _typed(request: HttpRequest) -> tuple[str, _Spans]:
    """The time zone, and the spans of the form that are not empty."""
    given = request.POST
    spans = [
        (day, begin.strip(), end.strip())
        for day in range(7)
        for begin, end in zip(given.getlist(f"begin.{day}"), given.getlist(f"end.{day}"), strict=False)
        if begin.strip() or end.strip()
    ]
    # A browser's time control knows no 24:00; midnight at the end of a day is written so.
    return given.get("time_zone", ""), [(day, begin, "24:00" if end == "00:00" else end) for day, begin, end in spans]


def _in_words(problem: FieldProblem, hours: _Spans) -> str:
    """With the day it is about."""
    place, _dot, number = problem.path.partition(".")
    if place != "hours" or not number:
        return problem.message
    return f"{WEEKDAYS[hours[int(number)][0]]}: {problem.message}"
