"""The day: an event queue of what people do, and what the worker processes do after it, all by the real services."""

import heapq
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import connection

from benchmarks.simulation.clock import Clock
from benchmarks.simulation.people import Labeler
from benchmarks.simulation.photos import png
from labeling.models import Task
from labeling.services.answers import mask_answer, submit
from maskwright.core import outbox
from maskwright.core.errors import DomainError
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company
from workforce.models import Claim
from workforce.services import claims, expiry, reservations

#: What worker processes run, in this order of the rows; consolidation, judging and distribution included.
TOPICS = (
    "work.item_answered",
    "work.item_declined",
    "work.person_declined",
    "queue.distribute",
    "answer.judge",
    "gold.score",
    "person.judge",
    "task.consolidate",
)
HINT = 0.3  # seconds from a push to the claim, at most: how the browser spreads them
FETCH_AHEAD = 1.5  # seconds after a photo opened
SLOW_POLL = 15.0
#: What happens to a photo besides an answer, as shares.
DECLINED, RELEASED, ABANDONED = 0.01, 0.02, 0.01

# Of people who have nothing: whom the queue has something for after all.
_CLAIMABLE = """
SELECT w.id FROM unnest(%(workers)s::uuid[]) AS w(id)
WHERE NOT EXISTS (SELECT 1 FROM workforce_workpause p WHERE p.worker_id = w.id AND p.work_queue_id = %(queue)s
    AND p.ended_at IS NULL)
  AND EXISTS (
  SELECT 1 FROM workforce_slot s
  WHERE s.work_queue_id = %(queue)s AND s.state = 'ready'
    AND (s.audience_id = '00000000-0000-0000-0000-000000000000' OR s.reserved_worker_id = w.id)
    AND (s.reserved_worker_id IS NULL OR s.reserved_worker_id = w.id OR s.reserved_claim_id IS NOT NULL
      OR s.reserved_until < clock_timestamp())
    AND NOT EXISTS (SELECT 1 FROM workforce_slot o WHERE o.work_item_id = s.work_item_id AND o.worker_id = w.id
      AND o.state IN ('claimed', 'accepted'))
    AND NOT EXISTS (SELECT 1 FROM workforce_claim d WHERE d.work_item_id = s.work_item_id AND d.worker_id = w.id
      AND d.state = 'declined'))
"""


@dataclass
class Day:
    company: Company
    queue_id: uuid.UUID
    photos: dict[uuid.UUID, int]  # task -> the number of its photo
    labelers: list[Labeler]
    clock: Clock
    lease: float
    until: float
    draw: random.Random
    submits: int = 0
    idle_seconds: float = 0.0
    idle_with_work: float = 0.0
    refused: dict[str, int] = field(default_factory=dict)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: Any = field(default_factory=count)
    _waiting: dict[int, Labeler] = field(default_factory=dict)
    _asking: set[int] = field(default_factory=set)
    _workers: dict[int, uuid.UUID] = field(default_factory=dict)

    def run(self) -> None:
        for labeler in self.labelers:
            self._at(self.draw.uniform(0, 300), self._ask(labeler))
        while self._events:
            at, _, act = heapq.heappop(self._events)
            if at > self.until:
                break
            self._waited(at - self.clock.seconds)
            self.clock.set(at)
            act()
            self._follow_up()

    def _at(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (seconds, next(self._order), act))

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        self._at(self.clock.seconds + seconds, act)

    # --- a labeler ---------------------------------------------------------------------------------------------------
    def _ask(self, labeler: Labeler) -> Callable[[], None]:
        def ask() -> None:
            self._asking.discard(labeler.number)
            with self._scope(labeler):
                taken = claims.claim(user_id=labeler.user.pk)
                if isinstance(taken, claims.Claimed):
                    claim = Claim.objects.get(pk=taken.claim_id)
                    self._workers[labeler.number] = claim.worker_id
                    task = Task.with_gold.only("pk").get(work_item_id=claim.work_item_id)
            if not isinstance(taken, claims.Claimed):
                self._nothing(labeler, taken)
                return
            self._waiting.pop(labeler.number, None)
            self._work(labeler, claim.pk, claim.fencing_token, self.photos[task.pk])

        return ask

    def _nothing(self, labeler: Labeler, answer: claims.NoWork) -> None:
        if answer.reason == claims.Reason.PAUSED and labeler.paused_after is None:
            labeler.paused_after = labeler.answers
        if answer.reason != claims.Reason.PAUSED:
            self._waiting[labeler.number] = labeler
            left = SLOW_POLL if answer.until is None else (answer.until - self.clock.now).total_seconds()
            self._wake(labeler, min(SLOW_POLL, max(0.0, left) + self.draw.uniform(0, HINT)))

    def _wake(self, labeler: Labeler, seconds: float) -> None:
        if labeler.number not in self._asking:
            self._asking.add(labeler.number)
            self._in(seconds, self._ask(labeler))

    def _work(self, labeler: Labeler, claim_id: uuid.UUID, token: int, photo: int) -> None:
        own = {"user_id": labeler.user.pk, "claim_id": claim_id, "token": token}
        spent, fate = labeler.seconds(), self.draw.random()
        self._in(
            min(FETCH_AHEAD, spent / 2), self._call(labeler, lambda: reservations.reserve_next(**own, may_review=False))
        )
        beats = self.lease * 0.8
        for number in range(1, int(spent / beats) + 1):
            beat = self._call(labeler, lambda: claims.heartbeat(**own, active_seconds=20))
            self._in(number * beats, beat)
        if fate < ABANDONED:
            self._in(self.lease + 1, self._expire)  # he is gone for an hour
            self._in(3_600, self._ask(labeler))
            return
        self._in(spent, self._end(labeler, own, photo, fate))

    def _end(self, labeler: Labeler, own: dict[str, Any], photo: int, fate: float) -> Callable[[], None]:
        def end() -> None:
            if fate < ABANDONED + DECLINED:
                done = self._call(labeler, lambda: claims.decline(**own, reason="too dark"))
            elif fate < ABANDONED + DECLINED + RELEASED:
                done = self._call(labeler, lambda: claims.release(**own))
            else:
                answer = mask_answer(png(labeler.paints(photo)))
                done = self._call(labeler, lambda: submit(**own, key=uuid.uuid4(), answer=answer))
                labeler.answers += 1
                self.submits += 1
            done()
            self._ask(labeler)()

        return end

    def _call(self, labeler: Labeler, act: Callable[[], Any]) -> Callable[[], None]:
        def call() -> None:
            try:
                with self._scope(labeler):
                    act()
            except DomainError as error:
                self.refused[error.code] = self.refused.get(error.code, 0) + 1

        return call

    def _scope(self, labeler: Labeler) -> Any:
        return organization_scope(self.company.id, user_id=labeler.user.pk)

    # --- the processes ----------------------------------------------------------------------------------------------
    def _expire(self) -> None:
        with organization_scope(self.company.id):
            expiry.expire_due()

    def _follow_up(self) -> None:
        """What the publisher and the workers do within moments; pushes wake who waits."""
        while True:
            with organization_scope(self.company.id):
                due = OutboxMessage.objects.filter(done_at=None, dead_at=None, topic__in=[*TOPICS, outbox.PUSH])
                rows = list(due.order_by("created_at").values_list("pk", "topic", "payload"))
                pushed = [pk for pk, topic, _ in rows if topic == outbox.PUSH]
                OutboxMessage.objects.filter(pk__in=pushed).delete()
            if any(topic == outbox.PUSH and "work.available" in str(payload) for _, topic, payload in rows):
                for labeler in list(self._waiting.values()):
                    self._asking.discard(labeler.number)
                    self._wake(labeler, self.draw.uniform(0, HINT))
            if len(rows) == len(pushed):
                return
            for pk, topic, _ in rows:
                if topic != outbox.PUSH:
                    outbox.run(pk, self.company.id, topic)

    # --- measuring --------------------------------------------------------------------------------------------------
    def _waited(self, seconds: float) -> None:
        """Count the time until the next event of who has nothing, and of those for whom there is something."""
        if not self._waiting or seconds <= 0:
            return
        self.idle_seconds += seconds * len(self._waiting)
        workers = [self._workers[number] for number in self._waiting if number in self._workers]
        with organization_scope(self.company.id), connection.cursor() as cursor:
            cursor.execute(_CLAIMABLE, {"queue": self.queue_id, "workers": workers})
            found = len(cursor.fetchall())
        # Who was told a moment ago asks within HINT.
        self.idle_with_work += max(0.0, seconds - HINT) * found
