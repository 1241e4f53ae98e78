"""From submit to the next task ready, with and without what comes next being told ahead; and claims by each policy.

`python benchmarks/bench_next_task.py` prints, over HTTP's whole stack without a network (Django's test client) and a
photo of 1920 x 1280 pixels from the object store:

- submit, claim, photo, decode, one after the other, as without prefetch;
- submit and claim, with the photo of the next task fetched and decoded (Pillow) while the labeler works;
- for each policy, the claim at 1,000 and at 100,000 waiting.
"""

import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

from django.db import connection, connections  # noqa: E402
from PIL import Image  # noqa: E402

from maskwright.core.scope import organization_scope  # noqa: E402
from tests.factories.jobs import make_job, make_team  # noqa: E402
from tests.factories.work import act, bytes_of, claim, flat_mask, submit  # noqa: E402
from tests.plugins.cast import Company, make_company  # noqa: E402
from workforce.distribution import POLICIES  # noqa: E402

SMALL, LARGE, ROUNDS, SIZE, PHOTO = 1_000, 100_000, 200, (960, 720), (1920, 1280)

_GROW = """
WITH item AS (
  INSERT INTO workforce_workitem (id, organization_id, work_queue_id, position, labelers_wanted, stage, round, state,
    created_at)
  SELECT gen_random_uuid(), %(org)s, %(queue)s, n, 1, 'label', 1, 'open', clock_timestamp()
  FROM generate_series(%(first)s::int, %(last)s::int) AS n RETURNING id, position
), slot AS (
  INSERT INTO workforce_slot (id, organization_id, work_queue_id, work_item_id, stage, round, number, shard, position,
    state, fencing_token, created_at)
  SELECT gen_random_uuid(), %(org)s, %(queue)s, id, 'label', 1, 1, position %% 16, position, 'ready', 0,
    clock_timestamp() FROM item
)
SELECT id FROM item
"""


def grow(company: Company, queue: Any, first: int, last: int) -> None:
    with organization_scope(company.id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_GROW, {"org": company.id, "queue": queue, "first": first, "last": last})
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def claims(policy: str) -> None:
    """The claim alone, through the service in a transaction: items have no task here. What is taken is given back."""
    from workforce.services import claims as service

    for waiting in (SMALL, LARGE):
        company = make_company(f"Bench{policy}{waiting}")
        made = make_job(company, team=make_team(company, list(company.people.values())), objects=1, labelers=1,
                        distribution={"policy": policy})  # fmt: skip
        grow(company, made.queue.pk, 1, waiting - 1)
        user, spent = company.people["labeler"].pk, []
        for number in range(ROUNDS + 20):
            before = time.perf_counter()
            with organization_scope(company.id, user_id=user):
                taken = service.claim(user_id=user)
            assert isinstance(taken, service.Claimed)
            if number >= 20:  # the first ones fill caches and pools
                spent.append(time.perf_counter() - before)
            with organization_scope(company.id, user_id=user):
                service.release(user_id=user, claim_id=taken.claim_id, token=_token(taken.claim_id))
        print(environment.row(f"claim, {policy}, {waiting:,} waiting", spent))


def _token(claim_id: Any) -> int:
    from workforce.models import Claim

    return int(Claim.objects.values_list("fencing_token", flat=True).get(pk=claim_id))


def decoded(body: bytes) -> None:
    Image.open(BytesIO(body)).load()


def next_tasks(*, ahead: bool) -> None:
    company = make_company(f"Ahead{ahead}")
    make_job(company, objects=ROUNDS + 6, labelers=1, size=PHOTO)
    client, mask = company.client("labeler"), flat_mask(1, PHOTO)
    held, spent, told = claim(client).json(), [], []
    photos: dict[str, bytes] = {}
    for number in range(ROUNDS + 5):
        if ahead:  # while he paints
            before = time.perf_counter()
            found = act(client, held, "next").json()
            told.append(time.perf_counter() - before)
            photos[found["task"]["id"]] = bytes_of(client.get(found["image"]["url"]))
            decoded(photos[found["task"]["id"]])
        before = time.perf_counter()
        assert submit(client, held, mask).status_code == 200
        held = claim(client).json()
        if held["task"]["id"] not in photos:
            decoded(bytes_of(client.get(held["image"]["url"])))
        if number >= 5:
            spent.append(time.perf_counter() - before)
    print(environment.row(f"submit -> next ready, {'told ahead' if ahead else 'not told ahead'}", spent))
    if told:
        print(environment.row("telling what is next", told))


def main() -> None:
    next_tasks(ahead=False)
    next_tasks(ahead=True)
    for policy in POLICIES:
        claims(policy)


if __name__ == "__main__":
    main()
