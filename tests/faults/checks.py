"""Does the ledger of the labelers equal storage, database and output? Every disagreement in words."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from labeling.consolidation import Answer, get_rule
from labeling.masks import MaskRaster
from tests.end_to_end.client import mask_pixels
from tests.faults.labelers import CLASSES, HEIGHT, WIDTH, Entry, Ledger

_ANSWERS = """
SELECT a.idempotency_key::text, a.sha256, a.id::text, a.organization_id::text, o.id::text, s.id::text, s.state,
  s.fencing_token = a.fencing_token, c.state
FROM labeling_annotation a
JOIN labeling_task t ON t.id = a.task_id JOIN labeling_dataobject o ON o.id = t.data_object_id
JOIN workforce_slot s ON s.id = a.slot_id JOIN workforce_claim c ON c.id = a.claim_id
WHERE a.job_id = %s AND a.state = 'accepted'
"""
_SLOTS = """
SELECT s.state, count(*) FROM workforce_slot s
JOIN labeling_labelingjob j ON j.work_queue_id = s.work_queue_id WHERE j.id = %s GROUP BY s.state
"""
_HELD_TWICE = """
SELECT slot_id::text, fencing_token, next_token FROM (
  SELECT c.slot_id, c.fencing_token, coalesce(c.ended_at, 'infinity') AS until,
    lead(c.claimed_at) OVER held AS next_from, lead(c.fencing_token) OVER held AS next_token
  FROM workforce_claim c JOIN labeling_labelingjob j ON j.work_queue_id = c.work_queue_id
  WHERE j.id = %s WINDOW held AS (PARTITION BY c.slot_id ORDER BY c.fencing_token)
) h WHERE next_from < until
"""
_SAME_PERSON = """
SELECT s.work_item_id::text, s.worker_id::text FROM workforce_slot s
JOIN labeling_labelingjob j ON j.work_queue_id = s.work_queue_id
WHERE j.id = %s AND s.state = 'accepted' GROUP BY 1, 2 HAVING count(*) > 1
"""
_LEFT_OVER = """
SELECT c.state, count(*) FROM workforce_claim c JOIN labeling_labelingjob j ON j.work_queue_id = c.work_queue_id
WHERE j.id = %s AND c.state = 'live' GROUP BY c.state
"""


def violations(connection: "psycopg.Connection[Any]", job: str, ledger: Ledger, home: Path) -> list[str]:
    """Nothing when all is well."""
    return [
        *ledger.surprises,
        *_answers(connection, job, ledger, home),
        *_slots(connection, job, ledger),
    ]


def _answers(connection: "psycopg.Connection[Any]", job: str, ledger: Ledger, home: Path) -> Iterator[str]:
    rows = connection.execute(_ANSWERS, [job]).fetchall()
    known = {(entry.key, entry.sha256, entry.annotation, entry.data_object) for entry in ledger.accepted}
    stored = {(key, digest, annotation, photo) for key, digest, annotation, _, photo, *_ in rows}
    if len(known) != len(ledger.accepted):
        yield "the ledger has an answer twice"
    yield from (f"acknowledged, but not in the database: {entry}" for entry in sorted(known - stored))
    yield from (f"in the database, but never acknowledged: {entry}" for entry in sorted(stored - known))
    slots: set[str] = set()
    for _, digest, annotation, owner, _, slot, slot_state, is_newest, claim_state in rows:
        if slot in slots:
            yield f"slot {slot} has two accepted answers"
        slots.add(slot)
        if (slot_state, is_newest, claim_state) != ("accepted", True, "submitted"):
            yield f"answer {annotation} was accepted from a holder who had lost the slot"
        blob = home / "objects" / "org" / owner / "blobs" / digest
        if not blob.is_file() or hashlib.sha256(blob.read_bytes()).hexdigest() != digest:
            yield f"the bytes of answer {annotation} are not in the storage"


def _slots(connection: "psycopg.Connection[Any]", job: str, ledger: Ledger) -> Iterator[str]:
    states = dict(connection.execute(_SLOTS, [job]).fetchall())
    if states != {"accepted": ledger.wanted}:
        yield f"slots: {states} instead of {ledger.wanted} accepted"
    for slot, token, following in connection.execute(_HELD_TWICE, [job]).fetchall():
        yield f"slot {slot} was held under token {token} and under {following} at the same time"
    for item, worker in connection.execute(_SAME_PERSON, [job]).fetchall():
        yield f"item {item} has two answers of worker {worker}"
    for state, count in connection.execute(_LEFT_OVER, [job]).fetchall():
        yield f"{count} claims are {state} in a finished job"


def places(connection: "psycopg.Connection[Any]", job: str) -> dict[str, int]:
    """Each photo's place in the input, by its id."""
    return dict(
        connection.execute("SELECT id::text, index FROM labeling_dataobject WHERE job_id = %s", [job]).fetchall()
    )


def output_violations(
    job: dict[str, Any], ledger: Ledger, places: dict[str, int], photos: int, home: Path
) -> list[str]:
    """The manifest and the masks in the job's output location against what the labelers know."""
    found = list((home / "objects").rglob(f"{job['name']}/manifests/output/output.manifest"))
    if not found:
        return ["there is no output manifest"]
    records = [json.loads(line) for line in found[0].read_text(encoding="utf-8").splitlines()]
    if len(records) != photos:
        return [f"the output manifest has {len(records)} lines for {photos} photos"]
    answers: dict[int, list[Entry]] = defaultdict(list)
    for entry in ledger.accepted:
        answers[places[entry.data_object]].append(entry)
    problems = []
    for index, record in enumerate(records):
        address = record.get(job["label_attribute_name"])
        if address is None:
            problems.append(f"photo {index} has no mask in the output manifest")
            continue
        file = found[0].parents[3] / address.removeprefix(job["output_uri"])
        if not file.is_file():
            problems.append(f"the mask of photo {index} is not in the output location")
            continue
        pixels = mask_pixels(file.read_bytes(), width=WIDTH, height=HEIGHT)
        if not np.array_equal(pixels, _consolidated(answers[index])):
            problems.append(f"the mask of photo {index} is not made of its answers")
    return problems


def _consolidated(entries: list[Entry]) -> Any:
    if not entries:
        return None
    rasters = [Answer(entry.key, MaskRaster(entry.pixels)) for entry in entries]
    rule = get_rule("majority" if len(rasters) > 1 else "single")
    return rule.consolidate(rasters, range(1, CLASSES + 1)).raster.indices
