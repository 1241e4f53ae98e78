"""Embedded PostgreSQL as `make run` uses it: roles, grants, crashes, identities. Every server is real."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from maskwright.supervise.group import Group
from maskwright.supervise.logs import LogFolder
from maskwright.supervise.postgres import OTHER_USER, EmbeddedPostgres
from maskwright.supervise.processes import processes_in, wait_until
from maskwright.supervise.roles import DatabaseAddress, connect
from maskwright.supervise.services import postgres_service

PLATFORM = Path(__file__).resolve().parents[2] / "platform"


class RunningPostgres:
    """A server in a group of one, as the supervisor runs it."""

    def __init__(self, home: Path, *, fast: bool = True, identity: tuple[str, ...] | None = None) -> None:
        self.server = EmbeddedPostgres(home, fast=fast, identity=identity)
        self.group = Group(LogFolder(home / "logs"), lambda line: None)
        self.group.start(postgres_service(self.server, home))
        self.group.wait_for(["postgres"], self.server.answers, timeout=30)
        self.roles = self.server.create_roles()

    def kill(self) -> None:
        os.kill(self.group.pids["postgres"], signal.SIGKILL)

    def heal(self, timeout: float = 10) -> None:
        self.group.tick()
        self.group.wait_for(["postgres"], self.server.answers, timeout=timeout)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPostgres]:
    running = RunningPostgres(tmp_path_factory.mktemp("pg"))
    yield running
    running.group.stop()


def test_roles_have_exactly_their_rights(running: RunningPostgres) -> None:
    with connect(running.server.superuser) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin"
            " FROM pg_roles WHERE rolname LIKE 'maskwright%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("maskwright_app", False, False, False, False, True),
        ("maskwright_ops", False, True, False, False, True),
        ("maskwright_owner", False, False, False, False, True),
    ]


def test_app_and_ops_use_the_owners_future_tables_but_may_not_change_them(running: RunningPostgres) -> None:
    with connect(running.roles.owner) as connection:
        connection.execute("CREATE TABLE future (id bigint GENERATED ALWAYS AS IDENTITY, word text)")
    for role in (running.roles.app, running.roles.ops):
        with connect(role) as connection:
            connection.execute("INSERT INTO future (word) VALUES ('a')")
            connection.execute("UPDATE future SET word = 'b'")
            connection.execute("DELETE FROM future")
            for forbidden in ("DROP TABLE future", "TRUNCATE future", "CREATE TABLE mine (id int)"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(forbidden)


def test_what_a_migration_took_from_the_app_stays_taken_at_the_next_start(running: RunningPostgres) -> None:
    with connect(running.roles.owner) as connection:
        connection.execute("CREATE TABLE append_only (id int)")
        connection.execute(f"REVOKE UPDATE, DELETE ON append_only FROM {running.roles.app.user}")
    running.server.create_roles()
    with connect(running.roles.app) as connection:
        connection.execute("INSERT INTO append_only VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM append_only")


def test_app_statements_locks_and_idle_transactions_are_bounded(running: RunningPostgres) -> None:
    with connect(running.roles.app) as connection:
        for setting, value in (
            ("statement_timeout", "15s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ):
            assert connection.execute(f"SHOW {setting}").fetchone() == (value,)


def test_a_wrong_password_is_refused(running: RunningPostgres) -> None:
    app = running.roles.app
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(app.as_role(app.user, "guess"))


def test_kill_minus_nine_is_healed_and_committed_rows_stay(tmp_path: Path) -> None:
    running = RunningPostgres(tmp_path, fast=False)
    with connect(running.roles.owner) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    before = running.group.pids["postgres"]
    running.kill()
    wait_until(lambda: not running.server.answers(), timeout=40)
    running.heal()
    assert running.group.pids["postgres"] != before
    with connect(running.roles.app) as connection:
        assert connection.execute("SELECT id FROM kept").fetchall() == [(7,)]
    running.group.stop()


def test_a_lock_file_that_names_a_foreign_living_process_does_not_stop_the_start(tmp_path: Path) -> None:
    running = RunningPostgres(tmp_path)
    running.kill()
    lock = running.server.data / "postmaster.pid"
    assert wait_until(lambda: not processes_in(running.server.data, "postgres"), timeout=40)
    # As after a reboot: the recorded id now belongs to another program, here to this test.
    lock.write_text("\n".join([str(os.getpid()), *lock.read_text().split("\n")[1:]]))
    running.heal()
    running.group.stop()
    assert not lock.exists()


def test_secrets_are_kept_and_closed_to_others(tmp_path: Path) -> None:
    first = EmbeddedPostgres(tmp_path).roles
    assert EmbeddedPostgres(tmp_path).roles == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_long_path_falls_back_to_loopback_with_a_password(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 25)
    home.mkdir()
    running = RunningPostgres(home)
    try:
        assert running.roles.app.host == "127.0.0.1"
        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(running.roles.app.as_role("postgres", ""))
        # The port stays through a restart, so that clients find the server again.
        assert EmbeddedPostgres(home).roles.app.name == "maskwright"
        running.kill()
        running.heal()
    finally:
        running.group.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has two ways to run PostgreSQL")
def test_root_without_user_namespaces_runs_as_another_user_and_back(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.stat().st_uid == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    first = RunningPostgres(tmp_path, identity=OTHER_USER)
    with connect(first.roles.owner) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    uid = Path(f"/proc/{first.group.pids['postgres']}").stat().st_uid
    first.group.stop()
    assert uid == 65534
    second = RunningPostgres(tmp_path, identity=("--user-namespace",))
    try:
        with connect(second.roles.app) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        second.group.stop()


def test_the_server_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path;"
        "from tests.maskwright.test_supervise_postgres import RunningPostgres;"
        "running = RunningPostgres(Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(PLATFORM), str(PLATFORM.parent)])}
    supervisor = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, env=env)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"up\n"
    supervisor.kill()
    supervisor.wait()
    assert wait_until(lambda: not processes_in(tmp_path / "postgres" / "data", "postgres"), timeout=40)


@pytest.mark.parametrize(
    "address",
    [
        DatabaseAddress("u", "p:@/?#% ", "/a folder/socket", 0, "name"),
        DatabaseAddress("u", "p", "/socket", 7777, "name"),
        DatabaseAddress("u", "p@", "db.example.org", 5433, "other-name"),
        DatabaseAddress("u", "p", "::1", 5433, "name"),
    ],
)
def test_an_address_survives_its_url(address: DatabaseAddress) -> None:
    assert DatabaseAddress.parse(address.url) == address


def test_watching_ends_when_asked(running: RunningPostgres) -> None:
    ending = threading.Event()
    ending.set()
    running.group.watch(ending)
    assert running.server.answers()
