"""The product once for all journeys, the browser, and what a failed journey leaves to look at."""

import os
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from maskwright.supervise.setup import FRONTEND, find_npm
from tests.end_to_end.browser import Editor, Person, find_chromium, launched, screenshot
from tests.end_to_end.client import Client
from tests.end_to_end.stack import ROOT, Stack

HERE = Path(__file__).parent
# As short as a test can wait for an expiry; a heartbeat comes every 20 seconds or less, so it outlives one.
LEASE_SECONDS = "30"
OPERATOR = {"username": "operator", "password": "correct horse battery staple"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if item.path.parent == HERE:
        setattr(item, f"report_{report.when}", report)
    return report


def ensure_frontend() -> None:
    """Build the pages' scripts when there are none; `make` does so before it calls pytest."""
    if (FRONTEND / "dist" / ".vite" / "manifest.json").exists():
        return
    npm, env = find_npm()
    subprocess.run([*npm, "run", "build"], cwd=ROOT / "frontend", env=env, check=True)


@pytest.fixture(scope="package")
def stack(s3_server: str) -> Iterator[Stack]:
    ensure_frontend()
    with Stack(
        STORAGE_ENDPOINTS=s3_server.removeprefix("http://"),
        CLAIM_LEASE_SECONDS=LEASE_SECONDS,
        OPERATOR_USERNAME=OPERATOR["username"],
        OPERATOR_PASSWORD=OPERATOR["password"],
    ) as running:
        Editor.number_of = running.number_of
        yield running


@pytest.fixture(scope="package")
def operator_account() -> dict[str, str]:
    return OPERATOR


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        reason = "NO CHROMIUM: this journey DID NOT RUN. Install it: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright, launched(playwright, program) as running:
        yield running


@dataclass
class Cast:
    """An organization of its own for one test: accounts by name, API clients, people at browsers."""

    stack: Stack
    organization: str
    accounts: dict[str, dict[str, str]]
    people: list[Person] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = Client(self.stack.address, self.accounts[name]["api_token"])
        return self.clients[name]

    def ids(self, *names: str) -> list[str]:
        return [self.accounts[name]["id"] for name in names]

    def at_browser(self, browser: Browser, name: str) -> Person:
        person = Person(browser, self.stack.address, self.accounts[name])
        self.people.append(person)
        return person


@pytest.fixture
def make_cast(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Callable[..., Cast]]:
    """`make_cast(labelers=3)`: an organization with `manager`, `labeler1`, ...; pictures and logs when it fails."""
    made: list[Cast] = []

    def make(
        *, labelers: int, reviewers: int = 0, company: str = "Acme", is_vendor: bool = False, owner: bool = False
    ) -> Cast:
        mark = uuid.uuid4().hex[:6]
        organization = f"{company} {mark}"
        roles = {"manager": "manager"} | {f"labeler{number}": "labeler" for number in range(1, labelers + 1)}
        roles |= {f"reviewer{number}": "reviewer" for number in range(1, reviewers + 1)}
        roles |= {"owner": "owner"} if owner else {}
        people = {f"{name}-{mark}": role for name, role in roles.items()}
        created = stack.create_people(organization, people, is_vendor=is_vendor)
        made.append(Cast(stack, organization, {name: created[f"{name}-{mark}"] for name in roles}))
        return made[-1]

    yield make
    report = getattr(request.node, "report_call", None)
    people = [person for cast in made for person in cast.people]
    if report is not None and report.failed:
        folder = Path(tempfile.gettempdir()) / "maskwright-end-to-end" / request.node.name
        try:
            pictures = screenshot(people, folder)
        except Error as error:
            pictures = []
            print(f"No pictures: {error}")
        print("\n".join([f"Picture: {file}" for file in pictures]))
        print("\n".join(f"Script error: {message}" for person in people for message in person.errors))
        log = folder / "logs.txt"
        folder.mkdir(parents=True, exist_ok=True)
        log.write_text(stack.logs(), encoding="utf-8")
        print(f"Logs: {log}")
    for person in people:
        person.close()
