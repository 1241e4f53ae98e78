"""What row-level security and vendor grants cost on the hot statements.

`python benchmarks/bench_tenancy.py` runs the claim statement and the claim's read, alternating within one run, as three
callers: the role `ops`, which row-level security does not bind (the ceiling); `app` as a member of the queue's own
organization; and `app` as a vendor with 1 and with 200 live grants. Each claim is rolled back, so that all see the same
queue.
"""

import sys
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

from django.db import connections  # noqa: E402

from maskwright.core.ids import uuid7  # noqa: E402
from maskwright.core.scope import organization_scope  # noqa: E402
from tests.factories.jobs import make_job  # noqa: E402
from tests.plugins.cast import make_company  # noqa: E402
from workforce.models import Worker  # noqa: E402
from workforce.models.work_queue import EVERYBODY  # noqa: E402
from workforce.services.claim_sql import TAKE  # noqa: E402

ROUNDS, OBJECTS = 400, 2_000
_SETTINGS = (
    "SELECT set_config('app.org', %s, true), set_config('app.user', '', true), set_config('app.grants', '', true),"
    " set_config('app.queues', %s, true), set_config('app.customers', %s, true)"
)
_READ = """
SELECT c.id, o.width FROM workforce_claim c JOIN labeling_task t ON t.work_item_id = c.work_item_id
JOIN labeling_dataobject o ON o.id = t.data_object_id WHERE c.id = %s
"""


def one(
    alias: str, organization: uuid.UUID, queues: list[uuid.UUID], customers: list[uuid.UUID], values: dict[str, Any]
) -> float:
    connection = connections[alias]
    connection.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_SETTINGS, [str(organization), ",".join(map(str, queues)), ",".join(map(str, customers))])
            before = time.perf_counter()
            claim = uuid7()
            cursor.execute(TAKE, {**values, "claim": claim})
            assert cursor.fetchone() is not None
            cursor.execute(_READ, [claim])
            assert cursor.fetchone() is not None
            return time.perf_counter() - before
    finally:
        connection.rollback()
        connection.set_autocommit(True)


def main() -> None:
    acme, globex = make_company("Acme"), make_company("Globex", is_vendor=True)
    made = make_job(acme, objects=OBJECTS, labelers=3)
    with organization_scope(acme.id):
        worker = Worker.objects.create(code="bench.worker")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    values = {
        "queues": [made.queue.pk],
        "workers": [worker.pk],
        "stages": ["label"],
        "audiences": [EVERYBODY],
        "grants": [None],
        "shard": 3,
    }
    one_grant = [made.queue.pk]
    many = [*(uuid.uuid4() for _ in range(199)), made.queue.pk]
    callers: dict[str, tuple[str, uuid.UUID, list[uuid.UUID], list[uuid.UUID]]] = {
        "ops, not bound by row-level security": ("ops", acme.id, [], []),
        "app, own organization": ("default", acme.id, [], []),
        "app, vendor with 1 live grant": ("default", globex.id, one_grant, [acme.id]),
        "app, vendor with 200 live grants": ("default", globex.id, many, [acme.id]),
    }
    seconds: dict[str, list[float]] = {name: [] for name in callers}
    for number in range(ROUNDS + 20):
        for name, caller in callers.items():
            took = one(*caller, values)
            if number >= 20:
                seconds[name].append(took)
    ceiling = environment.quantile(seconds["ops, not bound by row-level security"], 0.5)
    print(f"claim and read its object, {OBJECTS:,} objects x 3 labelers open, rolled back each time")
    for name, all_took in seconds.items():
        print(environment.row(name, all_took), f" x{environment.quantile(all_took, 0.5) / ceiling:.2f}")


if __name__ == "__main__":
    main()
