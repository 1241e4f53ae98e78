"""Claim and submit: cost at 1,000 and at 100,000 waiting tasks, statements, throughput, against the bare database.

`python benchmarks/bench_task_protocol.py` prints, in one run on one machine: claim and submit through the whole HTTP
stack (Django's test client, no network), for both queue lengths; SQL statements of each; tasks per second of 6
labelers; and what the bare database needs for the same claim and insert (psycopg, one commit each).
"""

import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from maskwright.core.scope import organization_scope  # noqa: E402
from tests.factories.jobs import make_job, make_team  # noqa: E402
from tests.factories.work import claim, flat_mask, submit  # noqa: E402
from tests.plugins.cast import Company, make_company  # noqa: E402

SMALL, LARGE, ROUNDS, SIZE = 1_000, 100_000, 300, (960, 720)

_GROW = """
INSERT INTO workforce_workitem (id, organization_id, work_queue_id, position, labelers_wanted, stage, round, state,
  created_at)
SELECT gen_random_uuid(), %(org)s, %(queue)s, n, 1, 'label', 1, 'open', clock_timestamp()
FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""
_OBJECTS = """
INSERT INTO labeling_dataobject (id, organization_id, job_id, work_queue_id, index, source_ref, line, problem_code,
  problem, format, width, height, bytes, image_sha256, created_at)
SELECT i.id, o.organization_id, o.job_id, o.work_queue_id, i.position, o.source_ref, o.line, '', '', o.format, o.width,
  o.height, o.bytes, o.image_sha256, clock_timestamp()
FROM workforce_workitem i
CROSS JOIN (SELECT * FROM labeling_dataobject WHERE job_id = %(job)s AND index = 0 LIMIT 1) o
WHERE i.work_queue_id = %(queue)s AND i.position >= %(first)s
"""
_TASKS = """
INSERT INTO labeling_task (id, organization_id, job_id, work_queue_id, data_object_id, work_item_id, state, generation,
  failure_code, failure_reason, created_at)
SELECT gen_random_uuid(), i.organization_id, %(job)s, i.work_queue_id, i.id, i.id, 'open', 0, '', '', clock_timestamp()
FROM workforce_workitem i WHERE i.work_queue_id = %(queue)s AND i.position >= %(first)s
"""
_SLOTS = """
INSERT INTO workforce_slot (id, organization_id, work_queue_id, work_item_id, stage, round, number, shard, position,
  state, fencing_token, created_at)
SELECT gen_random_uuid(), i.organization_id, i.work_queue_id, i.id, 'label', 1, 1, i.position %% 16, i.position,
  'ready', 0, clock_timestamp()
FROM workforce_workitem i WHERE i.work_queue_id = %(queue)s AND i.position >= %(first)s
"""


def build(company: Company, tasks: int) -> None:
    """One running job with so many open tasks, each wanting one answer; made by SQL, since this is not measured."""
    team = make_team(company, list(company.people.values()))
    made = make_job(company, team=team, objects=1, labelers=1, size=SIZE)
    values: dict[str, Any] = {"org": company.id, "queue": made.queue.pk, "job": made.id, "first": 1, "last": tasks - 1}
    for statement in (_GROW, _OBJECTS, _TASKS, _SLOTS):
        with organization_scope(company.id), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(statement, values)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")  # the next statement's plan must know how much there is


def timed(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def one_labeler(company: Company) -> tuple[list[float], list[float]]:
    client, mask = company.client("labeler"), flat_mask(1, SIZE)
    claims, submits = [], []
    for number in range(ROUNDS + 20):
        before = time.perf_counter()
        held = claim(client).json()
        taken = time.perf_counter()
        submit(client, held, mask)
        given = time.perf_counter()
        if number >= 20:  # the first ones fill caches and pools
            claims.append(taken - before)
            submits.append(given - taken)
    return claims, submits


def many_labelers(company: Company, rounds: int = 40) -> float:
    """Tasks per second of 6 labelers without think time, in one process of 6 threads."""
    names, mask = [who for who in company.tokens if who != "auditor"], flat_mask(2, SIZE)

    def work(number: int) -> None:
        client = company.client(names[number % len(names)])
        for _ in range(rounds):
            submit(client, claim(client).json(), mask)
        connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        before = time.perf_counter()
        list(pool.map(work, range(6)))
        return 6 * rounds / (time.perf_counter() - before)


def statements(company: Company) -> tuple[int, int]:
    client, mask = company.client("labeler"), flat_mask(1, SIZE)
    submit(client, claim(client).json(), mask)  # the first claim also makes the worker
    held: list[dict[str, object]] = []

    def counted(act: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            act()
        return len([q for q in captured if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))])

    return counted(lambda: held.append(claim(client).json())), counted(lambda: submit(client, held[0], mask))


def bare_database(company: Company) -> tuple[list[float], list[float]]:
    """The same two writes as plain SQL: take a ready slot; accept it and insert a row of the answer's size."""
    database = settings.DATABASES["owner"]
    address = psycopg.conninfo.make_conninfo(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"], host=database["HOST"],
        port=database["PORT"] or None,
    )  # fmt: skip
    claims, submits = [], []
    with psycopg.connect(address) as bare:
        bare.execute("DROP TABLE IF EXISTS bare_slot, bare_answer")
        bare.execute(
            "CREATE TABLE bare_slot AS SELECT gen_random_uuid() AS id, n AS position, 'ready' AS state, 0 AS token"
            " FROM generate_series(1, 100000) AS n"
        )
        bare.execute("CREATE INDEX ON bare_slot (position) WHERE state = 'ready'")
        bare.execute("CREATE UNIQUE INDEX ON bare_slot (id)")
        bare.execute("CREATE TABLE bare_answer (id uuid PRIMARY KEY, slot uuid, sha text, reply jsonb)")
        bare.commit()
        for _ in range(ROUNDS):
            taken: list[uuid.UUID] = []

            def take(taken: list[uuid.UUID] = taken) -> None:
                found = bare.execute(
                    "UPDATE bare_slot SET state = 'claimed', token = token + 1 WHERE id = (SELECT id FROM bare_slot"
                    " WHERE state = 'ready' ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
                ).fetchone()
                assert found is not None
                taken.append(found[0])
                bare.commit()

            def give(taken: list[uuid.UUID] = taken) -> None:
                bare.execute("UPDATE bare_slot SET state = 'accepted' WHERE id = %s", taken)
                bare.execute("INSERT INTO bare_answer VALUES (%s, %s, repeat('a', 64), '{}')", [uuid.uuid4(), *taken])
                bare.commit()

            claims.append(timed(take))
            submits.append(timed(give))
    return claims, submits


def main() -> None:
    print(f"Mask {SIZE[0]} x {SIZE[1]}; {ROUNDS} rounds each.")
    claims_of: dict[int, list[float]] = {}
    for tasks in (SMALL, LARGE):
        company = make_company(f"Bench{tasks}")
        build(company, tasks)
        if tasks == SMALL:
            claim_count, submit_count = statements(company)
            print(f"SQL statements without BEGIN and COMMIT: claim {claim_count}, submit {submit_count}")
        claims, submits = one_labeler(company)
        claims_of[tasks] = claims
        print(environment.row(f"claim, {tasks:,} waiting", claims))
        print(environment.row(f"submit, {tasks:,} waiting", submits))
    print(f"6 labelers without think time, {LARGE:,} waiting: {many_labelers(company):.0f} tasks/s")
    bare_claims, bare_submits = bare_database(company)
    print(environment.row("bare database, claim", bare_claims))
    print(environment.row("bare database, accept and insert", bare_submits))
    median = {tasks: environment.quantile(values, 0.5) for tasks, values in claims_of.items()}
    print(f"claim at {LARGE:,} / {SMALL:,} waiting: {median[LARGE] / median[SMALL]:.2f} x (median)")
    print(f"claim / bare claim: {median[LARGE] / environment.quantile(bare_claims, 0.5):.1f} x (median)")


if __name__ == "__main__":
    main()
