"""One run: eight labelers, a plan of faults, a ledger; and how it ended."""

import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import httpx
import numpy as np
import psycopg
from PIL import Image

from tests.end_to_end.client import Client
from tests.end_to_end.stack import Stack
from tests.faults.chaos import Chaos
from tests.faults.checks import output_violations, places, violations
from tests.faults.labelers import HEIGHT, WIDTH, Labeler, Ledger

LABELERS = 8
ANSWERS = 4  # wanted for each photo
LEASE = 2.0  # seconds
# So few photos are open that a lease that ran out is soon somebody else's.
WINDOW = 5


@dataclass
class Outcome:
    ledger: Ledger
    violations: list[str]
    seconds: float
    #: From the last kill until the job is completed and its output manifest is whole; None: not within the time.
    healed_after: float | None
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def figures(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        healed = "never" if self.healed_after is None else f"{self.healed_after:.1f} s"
        ledger = self.ledger
        return (
            f"{len(ledger.accepted)} of {ledger.wanted} submits by {LABELERS} labelers in {self.seconds:.0f} s"
            f" ({len(ledger.accepted) / self.seconds:.1f} per second); faults: {faults};"
            f" requests repeated {ledger.retries}, answers too late and kept {ledger.late}, lost leases {ledger.lost},"
            f" longest time without an accepted answer {ledger.longest_silence:.1f} s;"
            f" complete after the last kill: {healed}; violations: {len(self.violations)}"
        )


def run_campaign(
    stack: Stack, *, submits: int, events: list[str], seed: int, time_limit: float, heal_limit: float, slow: float
) -> Outcome:
    """Have `submits` answers given under `events`, a share `slow` of them after the lease.

    `time_limit` in seconds for the labelers' work alone, `heal_limit` from the last kill to the complete output.
    """
    people = {"manager": "manager"} | {f"labeler{number}": "labeler" for number in range(1, LABELERS + 1)}
    accounts = stack.create_people("Acme Vision", people)
    manager = Client(stack.address, accounts["manager"]["api_token"])
    photos = submits // ANSWERS
    files = {f"{number:05}.png": speckled_photo(number) for number in range(photos)}
    labelers = [account for name, account in accounts.items() if name != "manager"]
    job = manager.order_job(
        "under-fire",
        files,
        [account["id"] for account in labelers],
        number_of_labelers=ANSWERS,
        max_concurrent=WINDOW,
    )
    manager.start_job(job)
    ledger = Ledger(wanted=photos * ANSWERS)
    chaos = Chaos(stack, events)
    threads = [
        Labeler(stack.address, account, job, ledger, lease=LEASE, slow=slow, seed=seed * 100 + number)
        for number, account in enumerate(labelers)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    chaos.run(lambda: len(ledger.accepted) / ledger.wanted, until=started + time_limit)
    while not ledger.is_full and time.monotonic() < started + time_limit:
        time.sleep(0.1)
    seconds = time.monotonic() - started
    for thread in threads:
        thread.stop()
    for thread in threads:
        thread.join(timeout=30)
    since = chaos.last_kill or time.monotonic()
    order, problems = _healed(stack, manager, job, ledger, photos, until=max(since, started + seconds) + heal_limit)
    healed_after = None if problems else time.monotonic() - since
    with stack.database() as connection:
        problems = [*problems, *violations(connection, job, ledger, stack.home)]
    if order["state"] != "completed":
        problems.append(f"the job is {order['state']}, not completed")
    return Outcome(ledger, problems, seconds, healed_after, dict(chaos.done))


def speckled_photo(seed: int) -> bytes:
    file = BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def _healed(
    stack: Stack, manager: Client, job: str, ledger: Ledger, photos: int, *, until: float
) -> tuple[dict[str, Any], list[str]]:
    """The job as it is when it is completed with all its output, or at `until` with what is missing then."""
    order: dict[str, Any] = {"state": "unknown"}
    problems: list[str] = []
    while True:
        try:
            order = manager.get(f"jobs/{job}")
            problems = ["the output is not complete yet"]
            if order["state"] == "completed":
                with stack.database() as connection:
                    where = places(connection, job)
                problems = output_violations(order, ledger, where, photos, stack.home)
        except (httpx.TransportError, psycopg.Error, AssertionError) as error:
            problems = [f"the manager gets no answer: {error}"]
        if not problems or time.monotonic() > until:
            return order, problems
        time.sleep(0.25)
