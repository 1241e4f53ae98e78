"""Working hours of teams: when people are told of work, shown to managers. Who has no hours works always."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.scope import current_scope
from workforce.models import TeamMember, TeamSchedule, WorkTeam

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
MOST_SPANS = 21


@dataclass(frozen=True)
class Hours:
    """`spans`: (weekday with Monday 0, begin, end) in minutes of the local day. None at all: always."""

    time_zone: str
    spans: tuple[tuple[int, int, int], ...]

    def is_open(self, now: datetime) -> bool:
        local = now.astimezone(ZoneInfo(self.time_zone))
        minute = local.hour * 60 + local.minute
        return not self.spans or any(day == local.weekday() and a <= minute < b for day, a, b in self.spans)

    def next_opening(self, now: datetime) -> datetime:
        """The next moment at which it is open; now while it is."""
        if self.is_open(now):
            return now
        zone = ZoneInfo(self.time_zone)
        local = now.astimezone(zone)
        found = []
        for ahead in range(8):
            day = (local + timedelta(days=ahead)).date()
            for weekday, begin, _end in self.spans:
                if weekday == day.weekday():
                    at = datetime(day.year, day.month, day.day, begin // 60, begin % 60, tzinfo=zone)
                    if at > now:
                        found.append(at)
        return min(found)


def hours_of(schedule: TeamSchedule) -> Hours:
    spans = ((int(day), _minutes(begin), _minutes(end)) for day, begin, end in schedule.hours)
    return Hours(schedule.time_zone, tuple(sorted(spans)))


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def set_hours(*, work_team_id: uuid.UUID, time_zone: str, hours: Sequence[tuple[int, str, str]]) -> TeamSchedule:
    """Say when a team works; no hours is always. Raises Invalid with every problem."""
    team = WorkTeam.objects.filter(pk=work_team_id, organization_id=current_scope().organization_id).first()
    if team is None:
        raise NotFound(_("There is no such work team."))
    problems = []
    if time_zone not in available_timezones():
        message = _("Choose a time zone by its name, such as Europe/Berlin.")
        problems.append(FieldProblem("time_zone", "unknown", message))
    if len(hours) > MOST_SPANS:
        problems.append(FieldProblem("hours", "too_many", _("Write at most three spans for each day.")))
    for number, (day, begin, end) in enumerate(hours):
        good = _CLOCK.fullmatch(begin) and _CLOCK.fullmatch(end) and begin != "24:00"
        if not (0 <= day <= 6 and good and _minutes(begin) < _minutes(end)):
            message = _("Write from and to as HH:MM, the end after the begin, at most 24:00.")
            problems.append(FieldProblem(f"hours.{number}", "bad_span", message))
    if problems:
        raise Invalid(_("The hours cannot be set like this; each reason is listed."), fields=tuple(problems))
    values: dict[str, Any] = {"time_zone": time_zone, "hours": sorted([day, begin, end] for day, begin, end in hours)}
    schedule, _is_new = TeamSchedule.objects.update_or_create(
        organization_id=team.organization_id, work_team=team, defaults=values
    )
    record("work_team.hours_set", "work_team", team.pk, **values)
    return schedule


def hours_by_team() -> dict[uuid.UUID, Hours]:
    """Of the organization's teams that have hours."""
    owner = current_scope().organization_id
    return {one.work_team_id: hours_of(one) for one in TeamSchedule.objects.filter(organization_id=owner)}


def person_opens_at(user_id: uuid.UUID, now: datetime) -> datetime:
    """When a person may be told something next: while one of his teams works. Now, when one has no hours."""
    teams = TeamMember.objects.filter(organization_id=current_scope().organization_id, user_id=user_id)
    schedules = hours_by_team()
    openings = [
        schedules[team].next_opening(now) if team in schedules else now
        for team in teams.values_list("work_team_id", flat=True)
    ]
    return min(openings, default=now)
