"""What the rows say of the day, and whether it is what was promised."""

import uuid
from dataclasses import dataclass

from django.db import connection

from benchmarks.simulation.day import Day
from maskwright.core.scope import organization_scope

# The same slot in two hands at once, and a photo twice with one person.
_OVERLAPS = """
SELECT count(*) FROM workforce_claim a JOIN workforce_claim b ON b.slot_id = a.slot_id AND b.id <> a.id
  AND a.claimed_at < b.claimed_at AND b.claimed_at < coalesce(a.ended_at, 'infinity')
WHERE a.work_queue_id = %(queue)s
"""
_TWICE = """
SELECT count(*) FROM (
  SELECT 1 FROM workforce_claim WHERE work_queue_id = %(queue)s AND state = 'submitted'
  GROUP BY work_item_id, worker_id, stage, round HAVING count(*) > 1) x
"""


@dataclass(frozen=True)
class Figures:
    """`spammers`: each with the number of his answers when he was paused, None where he was not."""

    labelers: int
    submits: int
    overlaps: int
    twice: int
    idle_seconds: float
    idle_with_work: float
    spammers: dict[str, int | None]
    false_alarms: list[int]

    @property
    def misses(self) -> list[str]:
        honest = self.labelers - len(self.spammers)
        found = []
        if self.overlaps or self.twice:
            found.append("a slot was held by two, or somebody had a photo twice")
        if self.idle_with_work >= 1:
            found.append("somebody idled while there was work for him")
        if any(after is None or after > 25 for after in self.spammers.values()):
            found.append("a spammer was not found within 25 tasks")
        if len(self.false_alarms) >= honest / 100:
            found.append("1 % or more of honest people were stopped")
        return found

    def __str__(self) -> str:
        spam = "\n".join(
            f"  {kind:<32} {'not found' if after is None else f'after {after} tasks'}"
            for kind, after in self.spammers.items()
        )
        honest = self.labelers - len(self.spammers)
        return (
            f"labelers                            {self.labelers}\n"
            f"answers                             {self.submits:,}\n"
            f"slots held by two at once           {self.overlaps}\n"
            f"a photo twice with one person       {self.twice}\n"
            f"seconds without work                {self.idle_seconds:,.0f}\n"
            f"  of them while there was work      {self.idle_with_work:.1f}\n"
            f"spammers stopped\n{spam}\n"
            f"honest people stopped               {len(self.false_alarms)} of {honest}"
        )


def read(day: Day, queue_id: uuid.UUID) -> Figures:
    with organization_scope(day.company.id), connection.cursor() as cursor:
        counts = []
        for sql in (_OVERLAPS, _TWICE):
            cursor.execute(sql, {"queue": queue_id})
            counts.append(cursor.fetchone()[0])
    spammers: dict[str, int | None] = {one.kind: one.paused_after for one in day.labelers if one.kind != "honest"}
    alarms = [one.number for one in day.labelers if one.kind == "honest" and one.paused_after is not None]
    return Figures(
        len(day.labelers),
        day.submits,
        counts[0],
        counts[1],
        day.idle_seconds,
        day.idle_with_work,
        spammers,
        alarms,
    )
