"""Seeded bugs: the protocol's statements with one of their guards taken out. Each must be found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from django.db.models import F

from labeling.models import Annotation, LabelingJob
from labeling.selectors import progress
from labeling.services import answers
from maskwright.organizations.services import membership
from workforce.services import acceptance, claim_sql, claims, expiry, teams, withdrawn


def _without(text: str, *parts: str) -> str:
    for part in parts:
        assert part in text, f"the statement has no {part!r} any more: write this bug anew"
        text = text.replace(part, "")
    return text


def _claim_without_row_lock(patch: pytest.MonkeyPatch) -> None:
    """Two may pick the same slot: the constraint on tokens and `skip locked` stood between them."""
    patch.setattr(claim_sql, "TAKE", _without(claim_sql.TAKE, "FOR UPDATE SKIP LOCKED"))


def _submit_ignores_the_token(patch: pytest.MonkeyPatch) -> None:
    own = "AND s.id = c.slot_id AND c.fencing_token = %(token)s AND s.fencing_token = c.fencing_token"
    patch.setattr(acceptance, "_ACCEPT", acceptance._ACCEPT.replace(own, "AND s.id = c.slot_id AND %(token)s > 0"))
    assert own not in acceptance._ACCEPT


def _release_ignores_the_token(patch: pytest.MonkeyPatch) -> None:
    text = claims._END
    own = "AND s.id = c.slot_id AND s.fencing_token = %(token)s AND s.fencing_token = c.fencing_token"
    assert own in text and "c.state = 'live' AND" in text
    text = text.replace(own, "AND s.id = c.slot_id AND %(token)s > 0").replace("c.state = 'live' AND", "")
    patch.setattr(claims, "_END", text)


def _no_replay_lookup(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answers, "_find", lambda claim, key: None)


def _expiry_does_not_look_at_the_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expiry, "_EXPIRE", _without(expiry._EXPIRE, "AND s.expires_at < clock_timestamp()"))


def _withdrawal_leaves_the_token(patch: pytest.MonkeyPatch) -> None:
    """A submit that is under way when rights end is then accepted."""
    patch.setattr(expiry, "_WITHDRAW", _without(expiry._WITHDRAW, "fencing_token = s.fencing_token + 1, "))
    live = "(c.state = 'live' AND s.state = 'claimed')"
    assert live in acceptance._ACCEPT
    patch.setattr(acceptance, "_ACCEPT", acceptance._ACCEPT.replace("c.state = 'expired'", "c.state <> 'live'"))


def _claims_while_paused(patch: pytest.MonkeyPatch) -> None:
    """The queue's state is looked at before the statement only."""
    patch.setattr(claim_sql, "TAKE", _without(claim_sql.TAKE, "AND w.state = 'open'"))


def _heartbeat_ignores_the_token(patch: pytest.MonkeyPatch) -> None:
    own = "AND s.id = c.slot_id AND s.fencing_token = %(token)s AND s.fencing_token = c.fencing_token"
    text = claims._HEARTBEAT
    assert own in text and "c.state = 'live' AND" in text
    text = text.replace(own, "AND s.id = c.slot_id AND %(token)s > 0").replace("c.state = 'live' AND", "")
    patch.setattr(claims, "_HEARTBEAT", text)


def _the_same_photo_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(claim_sql, "TAKE", claim_sql.TAKE.replace(f"NOT EXISTS ({claim_sql._HELD})", "true"))
    assert claim_sql._HELD not in claim_sql.TAKE


def _a_withdrawal_does_not_reopen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(withdrawn, "_ADD", "SELECT 1")


def _a_stop_ends_no_claims(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expiry, "_VOID", "SELECT id, worker_id, work_queue_id FROM workforce_claim WHERE false")


def _who_leaves_keeps_his_claims(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(teams, "withdraw_claims", lambda **_: 0)


def _who_is_dismissed_keeps_his_claims(patch: pytest.MonkeyPatch) -> None:
    """The end of a membership is not told to what hands out work."""
    patch.setattr(membership, "_on_rights_changed", [])


def _what_is_claimed_while_leaving_stays(patch: pytest.MonkeyPatch) -> None:
    """His rights were read before they ended, and nothing looks again."""
    patch.setattr(teams, "emit", lambda *messages: None)


def _progress_forgets_answers_of_earlier_rounds(patch: pytest.MonkeyPatch) -> None:
    def of_earlier_rounds(job: LabelingJob) -> int:
        again = Annotation.objects.filter(job=job, state="accepted", task__work_item__round__gt=1)
        return again.filter(slot__round__lt=F("task__work_item__round")).count()

    patch.setattr(progress, "_of_earlier_rounds", of_earlier_rounds)


def _the_counter_is_not_updated(patch: pytest.MonkeyPatch) -> None:
    """What is to be paid for an answer is not booked."""
    _alter("DISABLE")


def _alter(how: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE workforce_slot {how} TRIGGER work_answer_books")


#: Each with the scenes of the sweep in which it is looked for first.
BUGS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]]] = {
    "claim_without_row_lock": (_claim_without_row_lock, ("open",)),
    "submit_ignores_the_token": (_submit_ignores_the_token, ("passed on",)),
    "release_ignores_the_token": (_release_ignores_the_token, ("stale",)),
    "no_replay_lookup": (_no_replay_lookup, ("given",)),
    "expiry_does_not_look_at_the_time": (_expiry_does_not_look_at_the_time, ("open",)),
    "withdrawal_leaves_the_token": (_withdrawal_leaves_the_token, ("open",)),
    "claims_while_paused": (_claims_while_paused, ("open",)),
    "heartbeat_ignores_the_token": (_heartbeat_ignores_the_token, ("stale",)),
    "the_same_photo_again": (_the_same_photo_again, ("answered",)),
    "a_withdrawal_does_not_reopen": (_a_withdrawal_does_not_reopen, ("withdrawn",)),
    "a_stop_ends_no_claims": (_a_stop_ends_no_claims, ("stopped",)),
    "who_leaves_keeps_his_claims": (_who_leaves_keeps_his_claims, ("open",)),
    "who_is_dismissed_keeps_his_claims": (_who_is_dismissed_keeps_his_claims, ("open",)),
    "what_is_claimed_while_leaving_stays": (_what_is_claimed_while_leaving_stays, ("open",)),
    "progress_forgets_answers_of_earlier_rounds": (_progress_forgets_answers_of_earlier_rounds, ("withdrawn",)),
    "the_counter_is_not_updated": (_the_counter_is_not_updated, ("answered",)),
}


@contextmanager
def seeded(name: str) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        BUGS[name][0](patch)
        try:
            yield
        finally:
            _alter("ENABLE")
