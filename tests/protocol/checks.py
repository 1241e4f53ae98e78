"""The invariants (reliability of the task protocol): of each new version of a row, of all rows, of what was told."""

import re
import uuid
from typing import Any

from django.db import OperationalError

from labeling.selectors.progress import job_progress
from maskwright.core.errors import DomainError, NotFound
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.protocol.history import History, Version
from tests.protocol.operations import Step
from tests.protocol.world import World

_ENDS = {"submitted", "released", "declined", "expired", "withdrawn", "void"}
#: Who may take a slot out of whose hands, besides its holder.
_TAKES_AWAY = {"expire", "leave", "dismiss", "revoke", "stop", "end_stopping", "withdraw", ""}


class Violation(AssertionError):
    """An invariant does not hold."""


def check(world: World, history: History, steps: list[tuple[Step, Any]]) -> None:
    """After each pair of operations; raises Violation with all that is wrong."""
    versions = history.new()
    wrong = [problem for version in versions for problem in _version(version)]
    wrong += _state(world, history)
    wrong += _told(world, history, steps)
    if wrong:
        told = "; ".join(f"{step} -> {result!r}" for step, result in steps)
        raise Violation("\n".join([*wrong, f"after {told}", *map(str, versions)]))


def _version(version: Version) -> list[str]:
    by = {"workforce_slot": _slot, "workforce_claim": _claim, "labeling_annotation": _annotation}[version.table]
    found = by(version, *_operation(version))
    return [f"{problem}: {version}" for problem in found]


def _operation(version: Version) -> tuple[str, str, int | None]:
    """Name, claim and token of the operation that wrote it; "" and None where it is no person's."""
    found = re.match(r"(\w+)@\d+:(?:([0-9a-f-]{36}):(-?\d+))?", version.operation or "")
    if not found:
        return "", "", None
    return found[1], found[2] or "", int(found[3]) if found[3] else None


def _slot(version: Version, name: str, claim: str, token: int | None) -> list[str]:
    old, new = version.before, version.after
    if old is None or new is None:
        return [] if old is None else ["a slot was deleted"]
    wrong = []
    was, now, fence = old["state"], new["state"], int(old["fencing_token"])
    if int(new["fencing_token"]) < fence:
        wrong.append("a fencing token fell")
    if was == "claimed" and now == "claimed" and old["worker_id"] != new["worker_id"]:
        wrong.append("a lease was stolen")
    if now == "claimed" and was != "claimed":
        if was != "ready":
            wrong.append(f"a slot that was {was} was claimed")
        if int(new["fencing_token"]) <= fence:
            wrong.append("a claim did not raise the fencing token")
        if name != "claim":
            wrong.append(f"{name} claimed a slot")
        if version.queue_state != "open":
            wrong.append(f"a slot was claimed while the queue was {version.queue_state}")
    if was == "claimed" and now != "claimed":
        if name in ("submit", "repeat", "release", "decline"):
            if token != fence:
                wrong.append(f"{name} with another token than the slot's ended a lease")
        elif name == "expire" and old["expires_at"] >= _text(version.at):
            wrong.append("a lease ended before its time")
        elif name not in _TAKES_AWAY:
            wrong.append(f"{name} ended a lease")
    if now == "accepted" and was != "accepted":
        is_restored = name == "" and was == "void"  # by a worker process that undoes a withdrawal
        if name not in ("submit", "repeat", "withdraw") and not is_restored:
            wrong.append(f"{name} accepted an answer")
        if token is not None and token != fence:
            wrong.append("an answer was accepted under another token than the slot's")
        if version.queue_state not in ("open", "paused", "stopping"):
            wrong.append(f"an answer was accepted while the queue was {version.queue_state}")
    if was == "accepted" and now != "accepted" and name not in ("withdraw", ""):
        wrong.append(f"{name} took an accepted answer back")
    if name == "heartbeat" and was == "claimed" and (token != fence or new["expires_at"] > new["deadline_at"]):
        wrong.append("a heartbeat renewed what was not its own, or beyond the time limit")
    return wrong


def _text(at: Any) -> str:
    # to_jsonb writes times of this session's zone as the row's; both are UTC here.
    return str(at.isoformat())


def _claim(version: Version, name: str, claim: str, token: int | None) -> list[str]:
    old, new = version.before, version.after
    if new is None:
        return ["a claim was deleted"]
    if old is None:
        return [] if new["state"] == "live" else ["a claim began as ended"]
    wrong = []
    if old["fencing_token"] != new["fencing_token"] or old["worker_id"] != new["worker_id"]:
        wrong.append("a claim changed hands")
    if old["state"] != new["state"]:
        late = old["state"] == "expired" and new["state"] == "submitted"
        if old["state"] != "live" and not late:
            wrong.append(f"a claim that was {old['state']} became {new['state']}")
        if new["state"] not in _ENDS:
            wrong.append("a claim came back to life")
        if name in ("submit", "repeat", "release", "decline") and str(version.row_id) != claim:
            wrong.append(f"{name} ended somebody else's claim")
    return wrong


def _annotation(version: Version, name: str, claim: str, token: int | None) -> list[str]:
    old, new = version.before, version.after
    if new is None:
        return ["an answer was deleted"]
    if old is None:
        return []
    fixed = ("sha256", "raster_sha256", "worker_id", "slot_id", "claim_id", "idempotency_key", "fencing_token", "kind")
    wrong = [f"an answer's {key} changed" for key in fixed if old[key] != new[key]]
    if old["state"] == "accepted" and new["state"] != "accepted" and name not in ("withdraw", ""):
        wrong.append(f"{name} made an accepted answer {new['state']}")
    return wrong


#: Each finds rows that must not be.
_STATE = {
    "more answers are held or given than were wanted": """
        SELECT work_item_id, round FROM workforce_slot WHERE work_queue_id = %(queue)s AND stage = 'label'
          AND state IN ('claimed', 'accepted') GROUP BY 1, 2 HAVING count(*) > %(wanted)s""",
    "somebody has the same photo twice": """
        SELECT work_item_id, worker_id FROM workforce_slot WHERE work_queue_id = %(queue)s
          AND state IN ('claimed', 'accepted') GROUP BY 1, 2 HAVING count(*) > 1""",
    "a live claim holds no slot, or one with another token": """
        SELECT c.id FROM workforce_claim c JOIN workforce_slot s ON s.id = c.slot_id
        WHERE c.work_queue_id = %(queue)s AND c.state = 'live' AND NOT (
          s.state = 'claimed' AND s.worker_id = c.worker_id AND s.fencing_token = c.fencing_token)""",
    "a claimed slot has no live claim": """
        SELECT s.id FROM workforce_slot s WHERE s.work_queue_id = %(queue)s AND s.state = 'claimed' AND NOT EXISTS (
          SELECT 1 FROM workforce_claim c WHERE c.slot_id = s.id AND c.state = 'live'
            AND c.fencing_token = s.fencing_token AND c.worker_id = s.worker_id)""",
    "somebody holds two claims of a job": """
        SELECT worker_id FROM workforce_claim WHERE work_queue_id = %(queue)s AND state = 'live'
        GROUP BY 1 HAVING count(*) > 1""",
    "an accepted slot has not exactly one accepted answer of its holder": """
        SELECT s.id FROM workforce_slot s WHERE s.work_queue_id = %(queue)s AND s.state = 'accepted' AND 1 <> (
          SELECT count(*) FROM labeling_annotation a WHERE a.slot_id = s.id AND a.state = 'accepted'
            AND a.worker_id = s.worker_id AND a.fencing_token = s.fencing_token)""",
    "an accepted answer stands in no accepted slot": """
        SELECT a.id FROM labeling_annotation a JOIN workforce_slot s ON s.id = a.slot_id
        WHERE a.work_queue_id = %(queue)s AND a.state = 'accepted' AND s.state <> 'accepted'""",
    "something is held in a closed queue": """
        SELECT s.id FROM workforce_slot s JOIN workforce_workqueue q ON q.id = s.work_queue_id
        WHERE q.id = %(queue)s AND q.state = 'closed' AND s.state IN ('ready', 'claimed')""",
    "an answer that counts is not paid once, or one that does not is paid": """
        SELECT s.id, s.state, sum(l.quantity) FROM workforce_slot s
        LEFT JOIN workforce_ledgerentry l ON l.slot_id = s.id AND l.kind = 'object'
        WHERE s.work_queue_id = %(queue)s
        GROUP BY s.id, s.state HAVING coalesce(sum(l.quantity), 0) <> (s.state = 'accepted')::int""",
    "an open photo offers more or fewer places than the answers it lacks": """
        SELECT i.id FROM workforce_workitem i JOIN workforce_workqueue q ON q.id = i.work_queue_id
        WHERE q.id = %(queue)s AND q.state IN ('open', 'paused') AND i.state = 'open' AND i.stage = 'label'
          AND i.labelers_wanted <> (SELECT count(*) FROM workforce_slot s
            WHERE s.work_item_id = i.id AND s.stage = 'label' AND s.state IN ('ready', 'claimed', 'accepted'))""",
    "a photo is done without its answers": """
        SELECT i.id FROM workforce_workitem i WHERE i.work_queue_id = %(queue)s AND i.state = 'done'
          AND i.labelers_wanted > (SELECT count(*) FROM workforce_slot s
            WHERE s.work_item_id = i.id AND s.stage = 'label' AND s.state = 'accepted')""",
    "somebody got a photo whose answer of his was withdrawn": """
        SELECT c.id FROM workforce_claim c JOIN workforce_claim w ON w.work_item_id = c.work_item_id
          AND w.worker_id = c.worker_id AND w.is_withdrawn AND c.claimed_at > w.ended_at
        WHERE c.work_queue_id = %(queue)s AND c.state = 'live'""",
    "a claim was begun under a grant that had been revoked": """
        SELECT c.id FROM workforce_claim c JOIN workforce_workgrant g ON g.id = c.work_grant_id
        WHERE c.work_queue_id = %(queue)s AND c.claimed_at > g.revoked_at + interval '0.5 seconds'""",
}


def _state(world: World, history: History) -> list[str]:
    values = {"queue": world.made.queue.pk, "wanted": world.labelers}
    found = {what: history.rows(sql, values) for what, sql in _STATE.items()}
    return [f"{what}: {rows}" for what, rows in found.items() if rows]


# What managers read of a job, counted anew from the rows it is about.
_RECOUNT = """
SELECT (SELECT count(*) FROM workforce_slot WHERE work_queue_id = %(queue)s AND state = 'accepted'),
  (SELECT count(*) FROM workforce_claim WHERE work_queue_id = %(queue)s AND state = 'live')
"""


def check_counts(world: World, history: History) -> None:
    """The figures of the job's page are those of the rows."""
    with organization_scope(world.acme.id, user_id=world.manager):
        shown = job_progress(world.made.id)
    counted = history.rows(_RECOUNT, {"queue": world.made.queue.pk})[0]
    if (shown.answers, shown.claimed) != counted:
        raise Violation(f"answers and claims are shown as {shown.answers}, {shown.claimed} and are {counted}")


def _told(world: World, history: History, steps: list[tuple[Step, Any]]) -> list[str]:
    """What clients were answered: no crash, an acknowledged answer is stored for good, a repeat gets the same reply."""
    wrong = []
    for step, result in steps:
        if isinstance(result, OperationalError) and "deadlock" in str(result):
            wrong.append(f"{step} ran into a deadlock")
        elif isinstance(result, Exception) and not isinstance(result, DomainError):
            wrong.append(f"{step} failed: {type(result).__name__}: {result}")
        # A vendor whose grant was revoked is told nothing of the customer's any more.
        unseen = world.revoked and isinstance(result, NotFound)
        if step.name == "repeat" and isinstance(result, DomainError) and not unseen:
            wrong.append(f"an acknowledged submit, repeated, was refused: {result!r}")
    replies: dict[uuid.UUID, Any] = {}
    for sent in world.sent:
        if replies.setdefault(sent.key, sent.reply) != sent.reply:
            wrong.append(f"two replies to one key: {replies[sent.key]} and {sent.reply}")
    stored = {row[0]: row[1] for row in history.rows(_STORED, {"queue": world.made.queue.pk})}
    wrong += [
        f"an acknowledged answer is not stored: {sent.reply}"
        for sent in world.sent
        if stored.get(uuid.UUID(sent.reply.body["annotation"])) != sent.sha256
    ]
    return wrong


# Live claims of who is no member of his organization any more, or in no team of it, or of a vendor's with a grant, that
# works on the queue.
_WITHOUT_RIGHT = """
SELECT c.id FROM workforce_claim c
JOIN workforce_workeridentity i ON i.worker_id = c.worker_id
JOIN workforce_workqueue q ON q.id = c.work_queue_id
WHERE c.work_queue_id = %(queue)s AND c.state = 'live' AND NOT EXISTS (
  SELECT 1 FROM workforce_teammember m
  JOIN organizations_membership o ON o.user_id = m.user_id AND o.organization_id = i.organization_id AND o.is_active
  WHERE m.user_id = i.user_id AND (m.work_team_id = q.work_team_id
    OR m.work_team_id IN (SELECT g.work_team_id FROM workforce_grantstaffing g
      JOIN workforce_workgrant w ON w.id = g.work_grant_id AND w.state = 'accepted' WHERE g.work_queue_id = q.id)))
"""


def check_rights(world: World, history: History) -> None:
    """Some seconds after rights ended, and what follows that is done: nobody holds anything without one."""
    for company in (world.acme, world.globex):
        for topic in ("work.place_ended", "work_grant.revoked"):
            run_messages(company, topic)
    held = history.rows(_WITHOUT_RIGHT, {"queue": world.made.queue.pk})
    if held:
        raise Violation(f"claims of people whose right to them has ended: {held}")
    problems = [problem for version in history.new() for problem in _version(version)] + _state(world, history)
    if problems:
        raise Violation("\n".join(problems))


_STORED = "SELECT id, sha256 FROM labeling_annotation WHERE work_queue_id = %(queue)s"
