"""`make run` as a whole: a real installation starts, publishes itself, heals, refuses a twin and ends cleanly."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from maskwright.supervise.environment import read_installation
from maskwright.supervise.group import Service
from maskwright.supervise.processes import free_port, wait_until
from maskwright.supervise.services import application_services

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = {"supervisor", "postgres", "valkey", "web", "worker", "beat", "operations", "inference", "storage"}


class Run:
    """One `python -m maskwright.supervise run` on a data folder of its own."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        kept = {"PATH", "HOME", "LANG", "TMPDIR"}
        env = {name: value for name, value in os.environ.items() if name in kept}
        # A home of its own: what would be changed outside of checkout and data folder shows there.
        self.person = home.parent / "person"
        self.person.mkdir(exist_ok=True)
        env |= {
            "HOME": str(self.person),
            "PYTHONPATH": str(ROOT / "platform"),
            "PORT": str(port),
            "MASKWRIGHT_HOME": str(home),
        }
        started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "maskwright.supervise", "run"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip())
            if line.startswith("Maskwright is ready:"):
                break
        self.seconds = time.monotonic() - started

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def ready(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "ready.json").read_text())
        return content

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.lines += rest.splitlines()
        return self.process.returncode


def living(home: Path) -> list[int]:
    """Processes that were started for this data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environ = (entry / "environ").read_bytes().split(b"\0")
                zombie = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                continue
            if f"MASKWRIGHT_HOME={home}".encode() in environ and not zombie:
                found.append(int(entry.name))
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation") / "home"


@pytest.fixture(scope="module")
def run(home: Path) -> Iterator[Run]:
    run = Run(home, free_port())
    assert run.process.poll() is None, run.output
    yield run
    if run.process.poll() is None:
        run.end(signal.SIGTERM)


def test_it_publishes_address_processes_accounts_and_jobs_to_us_alone(run: Run) -> None:
    ready = run.ready
    assert (run.home / "ready.json").stat().st_mode & 0o777 == 0o600
    assert ready["address"] == f"http://localhost:{run.port}"
    assert set(ready["pids"]) == PROCESSES
    for account in ready["accounts"]:
        assert {"organization", "role", "username", "password", "api_token"} <= set(account)
    assert len(ready["accounts"]) >= 7
    assert len(ready["jobs"]) >= 2
    assert all({"id", "name"} <= set(job) for job in ready["jobs"])
    known = {"access_key_id", "secret_access_key", "region", "account_id", "endpoint", "s3_endpoint"}
    assert set(ready["aws"]) == known and all(ready["aws"].values())
    assert run.lines[-1] == f"Maskwright is ready: {ready['address']}"


def test_the_script_of_the_readme_makes_a_job_and_reads_its_masks(run: Run) -> None:
    """As it stands there, with boto3 as it is; a labeler answers meanwhile."""
    text = (ROOT / "README.md").read_text("utf-8").partition("```python\n")[2].partition("```")[0]
    text = text.replace(".maskwright/ready.json", str(run.home / "ready.json")).replace("sleep(5)", "sleep(0.5)")
    script = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    token = next(one["api_token"] for one in run.ready["accounts"] if one["username"] == "acme-labeler-1")
    with httpx.Client(base_url=run.ready["address"], headers={"Authorization": f"Bearer {token}"}) as labeler:
        while script.poll() is None:
            _answer_next(labeler)
    output = script.stdout.read() if script.stdout else ""
    assert script.returncode == 0, output
    for photo, size in (("chelsea", (451, 300)), ("coffee", (600, 400))):
        assert f"s3://in/photos/{photo}.png {size} {{'0': {{'class-name': 'BACKGROUND'" in output


def _answer_next(labeler: httpx.Client) -> None:
    found = labeler.post("/api/v1/work/claims", json={})
    if found.status_code == 204:
        time.sleep(0.3)
        return
    claim = found.json()
    file = BytesIO()
    mask = Image.new("P", (claim["image"]["width"], claim["image"]["height"]), 1)
    mask.putpalette([0] * 768)
    mask.save(file, "PNG")
    headers = {
        "Idempotency-Key": str(uuid.uuid4()),
        "X-Fencing-Token": str(claim["token"]),
        "Content-Type": "image/png",
    }
    answer = labeler.post(f"/api/v1/work/claims/{claim['id']}/submit", content=file.getvalue(), headers=headers)
    assert answer.status_code == 200, answer.text


def test_a_second_start_on_the_same_folder_or_port_says_what_to_do(run: Run, tmp_path: Path) -> None:
    same_folder = Run(run.home, free_port())
    assert same_folder.process.wait() == 1
    assert f"already runs on {run.home}: {run.ready['address']}" in same_folder.output
    same_port = Run(tmp_path / "other", run.port)
    assert same_port.process.wait() == 1
    assert f"Port {run.port} is used" in same_port.output
    assert f"process {run.ready['pids']['web']} (" in same_port.output
    assert " make run" in same_port.output
    assert not (tmp_path / "other").exists()
    assert run.answers()


def test_manage_py_in_a_second_terminal_reaches_this_installation(run: Run) -> None:
    question = (
        "from maskwright.accounts.models import User; print(sorted(User.objects.values_list('username', flat=True)))"
    )
    answer = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", question],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "MASKWRIGHT_HOME": str(run.home)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == str(sorted(account["username"] for account in run.ready["accounts"]))


@pytest.mark.parametrize("name", ["worker", "beat", "operations", "web", "inference"])
def test_the_probe_of_each_process_says_that_it_works(run: Run, name: str) -> None:
    """What the supervisor asks about a running one; a probe that always says no would end it once a minute."""
    service = probed(run)[name]
    assert service.lives is not None
    assert wait_until(service.lives, timeout=70, interval=0.5)


@pytest.mark.parametrize("name", ["worker", "operations"])
def test_the_probe_of_a_process_that_hangs_says_no(run: Run, name: str) -> None:
    lives, pid = probed(run)[name].lives, run.ready["pids"][name]
    assert lives is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        assert wait_until(lambda: not lives(), timeout=40, interval=0.5)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert wait_until(lives, timeout=20, interval=0.5)


def probed(run: Run) -> dict[str, Service]:
    """The services as the running supervisor has them."""
    environ = {"MASKWRIGHT_HOME": str(run.home), "PORT": str(run.port)}
    installation = read_installation(environ, ROOT)
    env = dict(environ) | json.loads((run.home / "environment.json").read_text())
    return {service.name: service for service in application_services(installation, env, 0)}


def doctor(run: Run) -> subprocess.CompletedProcess[str]:
    """As `make doctor` calls it, in a second terminal."""
    return subprocess.run(
        [sys.executable, "-m", "maskwright.supervise", "doctor"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "platform"),
            "MASKWRIGHT_HOME": str(run.home),
            "PORT": str(run.port),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_doctor_looks_at_everything_of_the_running_installation(run: Run) -> None:
    assert wait_until(run.answers, timeout=30, interval=0.2)
    told = doctor(run)
    assert told.returncode == 0, told.stdout + told.stderr
    for subject in ("Database (DATABASE_OPS_URL)", "Broker", "Migrations", "Tenants", "Worker", "Operations", "Outbox"):
        assert f"ok      {subject}" in told.stdout, told.stdout


@pytest.mark.parametrize("name", sorted(PROCESSES - {"supervisor"}))
def test_a_killed_process_is_back_within_seconds(run: Run, name: str) -> None:
    before = run.ready["pids"][name]
    os.kill(before, signal.SIGKILL)
    started = time.monotonic()
    assert wait_until(lambda: run.ready["pids"][name] != before, timeout=60)
    assert wait_until(run.answers, timeout=15, interval=0.2), f"not ready after {time.monotonic() - started:.0f} s"


def test_ctrl_c_ends_everything_and_a_second_start_knows_the_same_people(run: Run, home: Path) -> None:
    accounts, jobs = run.ready["accounts"], run.ready["jobs"]
    assert run.end(signal.SIGINT) == 0
    assert not (home / "ready.json").exists()
    assert living(home) == []
    assert list(run.person.iterdir()) == [], "nothing outside of checkout and data folder is changed"
    told = doctor(run)
    assert told.returncode == 0 and "does not run here" in told.stdout, told.stdout + told.stderr
    again = Run(home, run.port)
    try:
        print(f"A second start took {again.seconds:.1f} s (10 at most, on a machine that does nothing else).")
        assert (again.ready["accounts"], again.ready["jobs"]) == (accounts, jobs)
    finally:
        # Nothing survives a killed supervisor.
        again.process.kill()
        again.process.wait()
    assert wait_until(lambda: living(home) == [], timeout=15, interval=0.2), living(home)
