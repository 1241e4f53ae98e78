"""How soon connected labelers hear of a new job: real sockets to a real web process, publisher and worker.

`python benchmarks/bench_push.py [LABELERS JOBS]` (500 5): so many WebSockets of as many people of one team; jobs are
started one after the other, and the time until each socket was told is taken from the call that starts the job. Then
the publisher is killed, and one more job must reach everybody by the comparison with the database alone. Ends with 1
when somebody was told later than after 2 seconds, or not at all.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

import httpx  # noqa: E402
from websockets.asyncio.client import ClientConnection, connect  # noqa: E402

from labeling.services.jobs import start_job  # noqa: E402
from maskwright.accounts.models import User  # noqa: E402
from maskwright.accounts.services.tickets import create_ticket  # noqa: E402
from maskwright.core.scope import organization_scope  # noqa: E402
from maskwright.organizations.services.membership import add_member  # noqa: E402
from tests.factories.jobs import make_job, make_team  # noqa: E402
from tests.plugins.cast import Company, make_company  # noqa: E402
from workforce.models import Slot, WorkTeam  # noqa: E402

LIMIT = 2.0  # seconds
PATIENCE = 10.0
AT_ONCE = 10  # sockets that are opened at the same time
PROGRAMS = {
    "web": ("-m", "uvicorn", "maskwright.config.asgi:application", "--host", "127.0.0.1", "--log-level", "error"),
    "operations": (str(environment.ROOT / "manage.py"), "run_operations"),
    "worker": ("-m", "celery", "-A", "maskwright.config.celery", "worker", "--concurrency", "2", "--loglevel", "ERROR"),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_processes(port: int) -> dict[str, subprocess.Popen[bytes]]:
    path = f"{environment.ROOT / 'platform'}{os.pathsep}{environment.ROOT}"
    env = os.environ | {"PYTHONPATH": path, "ALLOWED_HOSTS": "127.0.0.1"}
    started = {
        name: subprocess.Popen([sys.executable, *command, *(("--port", str(port)) if name == "web" else ())], env=env)
        for name, command in PROGRAMS.items()
    }
    for _ in range(300):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return started
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("uvicorn did not answer")


def make_people(company: Company, count: int) -> list[User]:
    people = []
    for number in range(count):
        user = User.objects.create_user(f"pushed-{number}", f"pushed-{number}@example.org", None)
        with organization_scope(company.id):
            add_member(user=user, role="labeler")
        people.append(user)
    return people


class Listener:
    """A labeler's open socket, and when it was told of which queue."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.told: dict[str, float] = {}

    async def listen(self) -> None:
        async for text in self.connection:
            at, message = time.perf_counter(), json.loads(text)
            if message["type"] == "work.available":
                self.told.setdefault(message["data"]["work_queue"], at)


async def open_sockets(port: int, company: Company, people: list[User]) -> list[Listener]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_one(user: User) -> Listener:
        async with gate:
            ticket = await asyncio.to_thread(create_ticket, user=user, organization_id=company.id)
            address = f"ws://127.0.0.1:{port}/ws/work/?ticket={ticket}"
            return Listener(await connect(address, open_timeout=60, ping_interval=None))

    return list(await asyncio.gather(*(open_one(user) for user in people)))


def start_new_job(company: Company, team: WorkTeam) -> tuple[str, uuid.UUID, float]:
    """Its queue, its id, and when the call began that starts it."""
    made = make_job(company, team=team, objects=5, labelers=3, start=False)
    began = time.perf_counter()
    with organization_scope(company.id, user_id=company.people["manager"].pk):
        start_job(job_id=made.id)
    return str(made.queue.pk), made.queue.pk, began


async def reach(listeners: list[Listener], company: Company, team: WorkTeam) -> tuple[list[float], uuid.UUID]:
    """Start a job; seconds until each listener was told, for those that were."""
    name, queue_id, began = await asyncio.to_thread(start_new_job, company, team)
    while time.perf_counter() - began < PATIENCE and any(name not in one.told for one in listeners):
        await asyncio.sleep(0.05)
    return [one.told[name] - began for one in listeners if name in one.told], queue_id


def offered(company: Company, queue_id: uuid.UUID) -> bool:
    """Whether its photos are there to be claimed: the worker has handed them out."""
    with organization_scope(company.id):
        return Slot.objects.filter(work_queue_id=queue_id, state="ready").exists()


async def measure(port: int, processes: dict[str, Any], labelers: int, jobs: int) -> int:
    company = await asyncio.to_thread(make_company, "Pushed")
    people = await asyncio.to_thread(make_people, company, labelers)
    team = await asyncio.to_thread(make_team, company, people)
    began = time.perf_counter()
    listeners = await open_sockets(port, company, people)
    print(f"{labelers} sockets opened in {time.perf_counter() - began:.1f} s", flush=True)
    listening = [asyncio.create_task(one.listen()) for one in listeners]
    pushed: list[float] = []
    missing = 0
    for _ in range(jobs):
        seconds, queue_id = await reach(listeners, company, team)
        pushed += seconds
        missing += labelers - len(seconds)
        await asyncio.sleep(2)
        if not await asyncio.to_thread(offered, company, queue_id):
            print("The worker has not handed out the photos of a job within 2 seconds.")
    processes["operations"].kill()
    alone, _ = await reach(listeners, company, team)
    missing += labelers - len(alone)
    for task in listening:
        task.cancel()
    await asyncio.gather(*(one.connection.close() for one in listeners), return_exceptions=True)
    print(environment.row("told of a new job", pushed))
    print(environment.row("told without the publisher", alone))
    print(f"not told within {PATIENCE:g} s: {missing}")
    return int(missing > 0 or max(pushed + alone) > LIMIT)


def main() -> int:
    given = [int(value) for value in sys.argv[1:]]
    labelers, jobs = [*given, *(500, 5)[len(given) :]]
    port = free_port()
    processes = start_processes(port)
    try:
        return asyncio.run(measure(port, processes, labelers, jobs))
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
