"""What keeps going by itself: the reaper ends leases, the reconciler finds what was lost, the sweeper cleans up."""

import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from maskwright.accounts.models import SignedInSession
from maskwright.config import reaper as reaper_module
from maskwright.config.operations import read_note, reconcile_all, sweep_all
from maskwright.config.reaper import Reaper
from maskwright.core.models import OutboxMessage
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.plugins.cast import Company
from workforce.models import Claim, Slot, WorkItem, WorkQueue
from workforce.services.claims import Claimed, claim
from workforce.services.queues import move_queue
from workforce.states import QueueState

pytestmark = pytest.mark.usefixtures("committed")

TOPIC = "queue.distribute"


def write(company: Company) -> uuid.UUID:
    """Emit one message and return its id."""
    with organization_scope(company.id):
        emit(Message(TOPIC, company.id, {"queue_id": str(uuid.uuid4())}))
        return OutboxMessage.objects.latest("created_at").pk


# --- Reaper -------------------------------------------------------------------------------------------------------


def claimed_job(company: Company, claims: int = 1) -> MadeJob:
    """A job in which labelers hold so many claims (one each)."""
    people = [company.people[who] for who in ("labeler", "labeler2", "labeler3")]
    made = make_job(company, objects=claims)
    with organization_scope(company.id):
        for person in people[:claims]:
            assert isinstance(claim(user_id=person.pk, queue_id=made.queue.pk), Claimed)
    return made


def run_out(company: Company, seconds: float = 1.0) -> None:
    with organization_scope(company.id):
        Slot.objects.filter(state="claimed").update(expires_at=timezone.now() - timedelta(seconds=seconds))


def slot_states(company: Company) -> set[str]:
    with organization_scope(company.id):
        return set(Slot.objects.values_list("state", flat=True))


def test_a_lease_that_ran_out_frees_its_slot(acme: Company) -> None:
    claimed_job(acme)
    reaper = Reaper()
    assert reaper.reap() == 0
    run_out(acme)
    assert reaper.reap() == 1
    assert slot_states(acme) == {"ready"}
    with organization_scope(acme.id):
        assert Claim.objects.get().state == "expired"


def test_a_lease_of_a_paused_queue_is_kept(acme: Company) -> None:
    made = claimed_job(acme)
    with organization_scope(acme.id):
        move_queue(queue_id=made.queue.pk, to=QueueState.PAUSED)
    run_out(acme)
    assert Reaper().reap() == 0
    assert "claimed" in slot_states(acme)


def test_two_organizations_are_reaped_in_one_pass(acme: Company, initech: Company) -> None:
    for company in (acme, initech):
        claimed_job(company)
        run_out(company)
    assert Reaper().reap() == 2


def test_when_the_clock_jumps_leases_get_time_to_be_renewed(
    acme: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reaper_module, "ALARM_LEAST", 3)
    monkeypatch.setattr(reaper_module, "GRACE", 0.5)
    claimed_job(acme, claims=3)
    reaper = Reaper()
    reaper.reap()
    run_out(acme, seconds=-0.05)
    time.sleep(0.1)
    assert reaper.reap() == 0
    assert "clock" in caplog.text
    with organization_scope(acme.id):  # one of them is still there
        slot = Slot.objects.filter(state="claimed").first()
        assert slot is not None
        Slot.objects.filter(pk=slot.pk).update(expires_at=timezone.now() + timedelta(minutes=5))
    time.sleep(0.5)
    assert reaper.reap() == 2
    with organization_scope(acme.id):
        assert list(Slot.objects.filter(state="claimed")) == [slot]


# --- Reconciler and sweeper ---------------------------------------------------------------------------------------


def test_a_queue_whose_message_was_lost_is_filled_again(acme: Company) -> None:
    made = make_job(acme, objects=3)
    with organization_scope(acme.id):
        Slot.objects.all().delete()
        WorkItem.objects.update(state="waiting")
        OutboxMessage.objects.all().delete()
    assert reconcile_all() >= 1
    with organization_scope(acme.id):
        message = OutboxMessage.objects.get(topic=TOPIC)
        assert message.payload == {"queue_id": str(made.queue.pk)}
    reconcile_all()
    with organization_scope(acme.id):
        assert OutboxMessage.objects.filter(topic=TOPIC).count() == 1


def test_a_job_whose_deadline_has_passed_is_stopped(acme: Company) -> None:
    made = make_job(acme, objects=1)
    with organization_scope(acme.id):
        WorkQueue.objects.filter(pk=made.queue.pk).update(deadline=timezone.now() - timedelta(seconds=1))
    reconcile_all()
    with organization_scope(acme.id):
        made.job.refresh_from_db()
        assert made.job.state == "stopping"


def test_the_sweep_removes_what_was_done_long_ago_and_ended_sessions(acme: Company) -> None:
    old, recent, waiting = write(acme), write(acme), write(acme)
    with organization_scope(acme.id):
        OutboxMessage.objects.filter(pk=old).update(done_at=timezone.now() - timedelta(days=2))
        OutboxMessage.objects.filter(pk=recent).update(done_at=timezone.now())
    SignedInSession.objects.create(session_key="a" * 32, expire_date=timezone.now() - timedelta(hours=1))
    SignedInSession.objects.create(session_key="b" * 32, expire_date=timezone.now() + timedelta(hours=1))
    removed = sweep_all()
    assert (removed["done"], removed["sessions"]) == (1, 1)
    with organization_scope(acme.id):
        kept = OutboxMessage.objects.exclude(topic="storage.sweep")  # written by the sweep itself
        assert set(kept.values_list("pk", flat=True)) == {recent, waiting}
    assert [session.session_key for session in SignedInSession.objects.all()] == ["b" * 32]


def test_the_note_tells_what_waits(acme: Company) -> None:
    assert read_note().waiting == 0
    write(acme)
    with connection.cursor() as cursor, organization_scope(acme.id):
        cursor.execute("UPDATE core_outboxmessage SET created_at = clock_timestamp() - interval '10 minutes'")
    note = read_note()
    assert (note.waiting, note.stuck) == (1, True)
    assert note.oldest_waiting == pytest.approx(600, abs=5)
    connections["ops"].close()
