"""The supervised group: order, healing, back-off, logs and stop, with small real processes."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from maskwright.supervise.errors import AlreadyRunning, FolderUnusable, StepFailed
from maskwright.supervise.group import Group, Service
from maskwright.supervise.home import HomeLock, ReadyFile, open_home
from maskwright.supervise.logs import LogFolder
from maskwright.supervise.processes import wait_until
from maskwright.supervise.services import valkey_service
from maskwright.supervise.valkey import EmbeddedValkey

SLEEP = (sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);print('deaf', flush=True); time.sleep(60)",
)
WITH_CHILD = (
    sys.executable,
    "-c",
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)",
)


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def group(tmp_path: Path, lines: list[str]) -> Iterator[Group]:
    group = Group(LogFolder(tmp_path / "logs"), lines.append)
    yield group
    group.stop()


def tick_until(group: Group, condition: object, timeout: float = 8) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        group.tick()
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_killed_child_is_started_again_and_said(group: Group, tmp_path: Path, lines: list[str]) -> None:
    group.start(Service("sleeper", SLEEP, tmp_path))
    first = group.pids["sleeper"]
    os.kill(first, signal.SIGKILL)
    assert tick_until(group, lambda: group.pids.get("sleeper", first) != first)
    assert "sleeper was ended by signal 9" in lines[0]


def test_what_a_killed_child_left_in_its_group_is_ended(group: Group, tmp_path: Path) -> None:
    group.start(Service("parent", WITH_CHILD, tmp_path))
    log = group.logs.path("parent")
    assert wait_until(lambda: log.read_text().strip() != "", timeout=40)
    grandchild = int(log.read_text().split()[0])
    assert is_alive(grandchild)
    os.kill(group.pids["parent"], signal.SIGKILL)
    assert tick_until(group, lambda: not is_alive(grandchild))


ANSWERING = (
    sys.executable,
    "-c",
    "import pathlib, sys, time;\nwhile True: pathlib.Path(sys.argv[1]).write_text(str(time.time())); time.sleep(0.05)",
)


def answering(tmp_path: Path) -> Service:
    """It writes the time down all the while; that is how one sees that it works."""
    note = tmp_path / "note"
    return Service("worker", (*ANSWERING, str(note)), tmp_path, lives=lambda: time.time() - note.stat().st_mtime < 0.5)


def test_a_child_that_lives_but_hangs_is_started_again(group: Group, tmp_path: Path, lines: list[str]) -> None:
    group.silent_after, group.probe_every = 2.0, 0.1
    group.start(answering(tmp_path))
    first = group.pids["worker"]
    assert not tick_until(group, lambda: bool(lines), timeout=3), "one that answers is left alone"
    os.kill(first, signal.SIGSTOP)
    assert tick_until(group, lambda: group.pids.get("worker", first) != first, timeout=40)
    assert "lives but has not answered" in lines[0]
    assert wait_until(lambda: not is_alive(first), timeout=40)


def test_a_probe_that_hangs_holds_up_nobody(group: Group, tmp_path: Path) -> None:
    def silent() -> bool:
        time.sleep(30)
        return False

    group.silent_after, group.probe_every = 60.0, 0.0
    group.start(Service("sleeper", SLEEP, tmp_path, lives=silent))
    started = time.monotonic()
    for _ in range(3):
        group.tick()
    assert time.monotonic() - started < 5


def test_pauses_grow_while_a_child_dies_young(group: Group, tmp_path: Path, lines: list[str]) -> None:
    group.start(Service("brief", (sys.executable, "-c", "raise SystemExit(3)"), tmp_path))
    assert tick_until(group, lambda: len(lines) >= 3)
    pauses = [float(line.split(" in ")[1].split(" s")[0]) for line in lines[:3]]
    assert pauses == sorted(pauses)
    assert len(set(pauses)) == 3


def test_a_child_that_never_comes_up_fails_the_start_with_its_last_words(group: Group, tmp_path: Path) -> None:
    group.start(Service("broken", (sys.executable, "-c", "raise SystemExit('no such table')"), tmp_path))
    with pytest.raises(StepFailed, match="no such table"):
        group.wait_for(["broken"], lambda: False, timeout=20)


def test_a_program_that_is_missing_fails_the_start(group: Group, tmp_path: Path) -> None:
    group.start(Service("absent", ("/no/such/program",), tmp_path))
    with pytest.raises(StepFailed, match="No such file"):
        group.wait_for(["absent"], lambda: False, timeout=20)


def test_a_child_that_ignores_the_request_to_end_is_killed_after_its_grace(
    group: Group, tmp_path: Path, lines: list[str]
) -> None:
    group.start(Service("deaf", STUBBORN, tmp_path, grace=0.3))
    log = group.logs.path("deaf")
    assert wait_until(lambda: "deaf" in log.read_text(), timeout=40)
    pid = group.pids["deaf"]
    group.stop()
    assert not is_alive(pid)
    assert lines == ["deaf did not end in time and was killed"]


def test_databases_end_after_everything_else(group: Group, tmp_path: Path) -> None:
    note = tmp_path / "order"
    program = (
        "import pathlib, signal, sys, time;"
        "end = lambda *a: (pathlib.Path(sys.argv[1]).open('a').write(sys.argv[2]), sys.exit());"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(60)"
    )
    for name, stage in (("d", 0), ("w", 1)):
        group.start(Service(name, (sys.executable, "-c", program, str(note), name), tmp_path, stage=stage))
    assert wait_until(lambda: all("up" in group.logs.path(name).read_text() for name in "dw"), timeout=40)
    group.stop()
    assert note.read_text() == "wd"


def test_logs_are_cut_at_their_limit_and_writing_goes_on(tmp_path: Path) -> None:
    logs = LogFolder(tmp_path, largest=1000, kept=2)
    with logs.open("web") as output:
        for piece in (b"a", b"b", b"c", b"d"):
            output.write(piece * 1001)
            output.flush()
            logs.rotate()
        output.write(b"end")
    assert logs.path("web").read_bytes() == b"end"
    kept = {path.name: path.read_bytes()[:1] for path in tmp_path.iterdir() if path.name != "web.log"}
    assert kept == {"web.log.1": b"d", "web.log.2": b"c"}


def test_valkey_keeps_what_it_acknowledged_through_a_kill_and_wants_its_password(group: Group, tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    group.start(valkey_service(server, tmp_path))
    group.wait_for(["valkey"], server.answers, timeout=40)
    with redis.Redis.from_url(server.url) as client:
        client.set("key", "value")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        time.sleep(1.2)  # the append-only file is written to disk once a second
    os.kill(group.pids["valkey"], signal.SIGKILL)
    assert tick_until(group, lambda: "valkey" in group.pids and server.answers())
    with redis.Redis.from_url(server.url) as client:
        assert client.get("key") == b"value"
    port = server.url.split(":")[-1].split("/")[0]
    with redis.Redis(port=int(port), retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_a_second_supervisor_on_the_same_folder_is_told_what_runs(tmp_path: Path) -> None:
    told = rf"http://localhost:8000, process {os.getpid()}"
    with HomeLock(tmp_path, "http://localhost:8000"), pytest.raises(AlreadyRunning, match=told):
        HomeLock(tmp_path, "http://localhost:8001").__enter__()
    with HomeLock(tmp_path, "http://localhost:8001"):
        pass


def test_the_ready_file_is_private_and_carries_the_demo(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"accounts": [{"username": "mia"}], "jobs": [{"id": "1", "name": "street"}]}')
    ready = ReadyFile(tmp_path)
    ready.write("http://localhost:8000", {"web": 1})
    assert ready.path.stat().st_mode & 0o777 == 0o600
    assert '"username": "mia"' in ready.path.read_text()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    ready.remove()
    assert not ready.path.exists()


def test_a_data_folder_below_a_file_says_what_to_choose(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match="MASKWRIGHT_HOME="):
        open_home(tmp_path / "file" / "home")
