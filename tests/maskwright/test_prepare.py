"""`manage.py prepare` at each start: the operator, the folder, and the demo, each made once."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from labeling.models import LabelingJob, UploadedFile
from labeling.states import JobState
from maskwright.accounts.models import User
from maskwright.core import outbox
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from tests.factories.work import claim

NAMES = {"acme-owner", "acme-manager", "globex-owner", "globex-manager", "operator"}


@pytest.fixture
def home(tmp_path: Path, settings: Any, committed: None) -> Path:
    settings.MASKWRIGHT_HOME = tmp_path
    settings.DEMO = True
    return tmp_path


def _prepare() -> str:
    said = StringIO()
    call_command("prepare", stdout=said)
    return said.getvalue()


def _demo(home: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((home / "demo.json").read_text())
    return content


def _client(account: dict[str, str]) -> Client:
    return Client(headers={"Authorization": f"Bearer {account['api_token']}"})


def _run_outbox(organization: Organization, topic: str) -> None:
    with organization_scope(organization.pk):
        due = list(OutboxMessage.objects.filter(topic=topic, done_at=None).values_list("pk", flat=True))
    for message in due:
        outbox.run(message, organization.pk, topic)


def test_the_demo_has_its_people_photos_and_started_jobs(home: Path) -> None:
    assert "Made the demo." in _prepare()
    demo = _demo(home)
    assert (home / "demo.json").stat().st_mode & 0o777 == 0o600
    assert [(one["organization"], one["role"]) for one in demo["accounts"]].count(("Acme Vision", "labeler")) == 3
    assert [(one["organization"], one["role"]) for one in demo["accounts"]].count(("Globex Labeling", "labeler")) == 2
    assert {one["username"] for one in demo["accounts"] if "labeler" not in one["username"]} == NAMES
    acme = Organization.objects.get(name="Acme Vision")
    _run_outbox(acme, "job.intake")
    _run_outbox(acme, "queue.distribute")
    with organization_scope(acme.pk):
        for job in demo["jobs"]:
            found = LabelingJob.objects.get(pk=UUID(job["id"]))
            assert (found.name, found.state) == (job["name"], JobState.IN_PROGRESS)
            assert found.preflight["usable"] == UploadedFile.objects.count() >= 5
    for account in demo["accounts"]:
        if account["role"] == "labeler":
            wanted = "first-photos" if account["organization"] == "Acme Vision" else "photos-for-globex"
            taken = claim(_client(account))
            assert (taken.status_code, taken.json()["task"]["job"]["name"]) == (201, wanted)


def test_everybody_of_the_demo_can_sign_in_and_only_the_operator_operates(home: Path) -> None:
    _prepare()
    for number, account in enumerate(_demo(home)["accounts"]):
        browser = Client(REMOTE_ADDR=f"198.51.100.{number}")  # not all from one: sign-ins are limited
        login = {"login": account["username"], "password": account["password"]}
        assert browser.post("/accounts/login/", login).status_code == 302
        assert browser.get("/operator/").status_code == (200 if account["role"] == "operator" else 403)
        if account["organization"]:
            body = _client(account).get("/api/v1/organizations/current").json()
            assert (body["name"], body["role"]) == (account["organization"], account["role"])


def test_a_second_start_changes_nothing(home: Path) -> None:
    _prepare()
    before = _demo(home), User.objects.count(), Organization.objects.count()
    assert "The demo is there." in _prepare()
    assert (_demo(home), User.objects.count(), Organization.objects.count()) == before


def test_a_lost_file_is_written_again_with_new_secrets(home: Path) -> None:
    _prepare()
    old = _demo(home)
    (home / "demo.json").unlink()
    _prepare()
    new = _demo(home)
    assert new["jobs"] == old["jobs"]
    for before, after in zip(old["accounts"], new["accounts"], strict=True):
        assert before["username"] == after["username"] and before["password"] != after["password"]
        if after["organization"]:
            assert _client(before).get("/api/v1/organizations/current").status_code == 401
            assert _client(after).get("/api/v1/organizations/current").status_code == 200


def test_two_data_folders_have_no_password_in_common(home: Path) -> None:
    _prepare()
    passwords = [account["password"] for account in _demo(home)["accounts"]]
    assert len(set(passwords)) == len(passwords) and min(map(len, passwords)) >= 20


def test_without_demo_and_operator_no_account_is_made(home: Path, settings: Any) -> None:
    settings.DEMO = False
    _prepare()
    assert User.objects.count() == 0 and not (home / "demo.json").exists()


def test_the_object_folder_is_made(home: Path, settings: Any) -> None:
    settings.DEMO = False
    settings.MASKWRIGHT_STORAGE = f"file://{home}/deep/objects"
    _prepare()
    assert (home / "deep" / "objects").is_dir()


def test_the_first_operator_comes_from_the_environment(
    home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    monkeypatch.setenv("OPERATOR_USERNAME", "root-operator")
    with pytest.raises(CommandError, match="OPERATOR_PASSWORD"):
        _prepare()
    monkeypatch.setenv("OPERATOR_PASSWORD", "short")
    with pytest.raises(CommandError, match="too short"):
        _prepare()
    monkeypatch.setenv("OPERATOR_PASSWORD", "a long enough one")
    assert "Made the operator root-operator." in _prepare()
    monkeypatch.setenv("OPERATOR_PASSWORD", "another long one, later")
    assert "Made the operator" not in _prepare()
    operator = User.objects.get(username="root-operator")
    assert operator.is_superuser and operator.check_password("a long enough one")


def test_a_member_is_never_made_the_operator(home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    User.objects.create_user("somebody")
    monkeypatch.setenv("OPERATOR_USERNAME", "Somebody")
    with pytest.raises(CommandError, match="account of a member"):
        _prepare()
    assert not User.objects.get().is_superuser
