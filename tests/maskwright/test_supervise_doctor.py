"""The doctor finds what is wrong, says what to do, and is silent about what is right."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from maskwright.supervise import doctor
from maskwright.supervise.doctor import Finding, Verdict
from maskwright.supervise.environment import read_installation
from maskwright.supervise.testing import TestServices, session_services

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def servers() -> Iterator[TestServices]:
    with session_services() as servers:
        yield servers


@pytest.fixture
def environ(servers: TestServices, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": servers.app_url,
        "DATABASE_OWNER_URL": servers.owner_url,
        "DATABASE_OPS_URL": servers.ops_url,
        "REDIS_URL": servers.redis_url,
        "MASKWRIGHT_STORAGE": "file:///srv/objects",
        "SECRET_KEY": "k" * 50,
        "ALLOWED_HOSTS": "labels.example.org",
        "MASKWRIGHT_HOME": str(tmp_path),
    }


def test_a_sound_installation_has_nothing_wrong(environ: dict[str, str]) -> None:
    findings = doctor.examine(doctor.standard_checks(read_installation(environ, ROOT), running=True))
    wrong = [f for f in findings if f.verdict is Verdict.WRONG and f.subject not in {"Frontend"}]
    assert wrong == []
    assert {"Database (DATABASE_URL)", "Database (DATABASE_OPS_URL)", "Broker"} <= {f.subject for f in findings}


def test_a_superuser_as_app_is_wrong(servers: TestServices) -> None:
    finding = doctor.check_role("DATABASE_URL", {"DATABASE_URL": servers.superuser_url})
    assert finding.verdict is Verdict.WRONG
    assert "superuser" in finding.seen
    assert "prepare-database" in finding.to_do


@pytest.mark.parametrize(
    ("variable", "role", "seen"),
    [
        ("DATABASE_URL", "ops_url", "bypasses row-level security"),
        ("DATABASE_OPS_URL", "app_url", "does not bypass row-level security"),
    ],
)
def test_roles_that_are_mixed_up_are_wrong(servers: TestServices, variable: str, role: str, seen: str) -> None:
    finding = doctor.check_role(variable, {variable: getattr(servers, role)})
    assert finding.verdict is Verdict.WRONG
    assert seen in finding.seen


def test_servers_that_do_not_answer_are_wrong_and_carry_no_password(servers: TestServices) -> None:
    gone = "postgresql://someone:secret-word@127.0.0.1:1/maskwright"
    database = doctor.check_role("DATABASE_URL", {"DATABASE_URL": gone})
    broker = doctor.check_broker("redis://:secret-word@127.0.0.1:1/0")
    for finding in (database, broker):
        assert finding.verdict is Verdict.WRONG
        assert finding.to_do
        assert "secret-word" not in doctor.report([finding])


def test_an_open_data_folder_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    finding = doctor.check_folder(tmp_path)
    assert finding.verdict is Verdict.WARNING
    assert f"chmod 700 {tmp_path}" in finding.to_do
    tmp_path.chmod(0o700)
    assert doctor.check_folder(tmp_path).verdict is Verdict.FINE


@pytest.mark.parametrize(("free", "verdict"), [(0, Verdict.WRONG), (10**9, Verdict.WARNING), (10**10, Verdict.FINE)])
def test_a_full_disk_is_wrong_and_a_nearly_full_one_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict
) -> None:
    usage = SimpleNamespace(total=10**11, used=10**11 - free, free=free)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage)
    assert doctor.check_disk(tmp_path / "home").verdict is verdict


def test_a_missing_frontend_is_wrong(tmp_path: Path) -> None:
    assert doctor.check_frontend(tmp_path).to_do == "Run `make setup`."


def test_a_check_that_breaks_does_not_hide_the_others() -> None:
    def broken() -> Finding:
        raise ValueError("oops")

    findings = doctor.examine([("A", broken), ("B", lambda: Finding("B", Verdict.FINE, "well"))])
    assert [f.verdict for f in findings] == [Verdict.WRONG, Verdict.FINE]
    assert doctor.exit_code(findings) == 1
    assert doctor.exit_code(findings[1:]) == 0


def test_an_unusable_environment_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main({"PORT": "many"}, ROOT) == 1
    assert "PORT" in capsys.readouterr().out


def test_attached_servers_are_not_ended_by_those_who_borrow_them(servers: TestServices) -> None:
    with session_services() as borrowed:
        assert borrowed.urls == servers.urls
    assert doctor.check_broker(servers.redis_url).verdict is Verdict.FINE
