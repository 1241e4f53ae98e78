"""Access keys: shown once, kept encrypted, rotated, switched off, ended with whom they act as; temporary keys."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from maskwright.audit.models import AuditEvent
from maskwright.core.crypto import SecretUnreadable
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import AccessKey, Membership
from maskwright.organizations.services.access_keys import find_access_key, secret_of, session_matches, touch_access_key
from maskwright.organizations.services.membership import change_member
from tests.plugins.cast import Company

KEYS = "/api/v1/access-keys"


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def _make(company: Company, **body: Any) -> dict[str, Any]:
    made = _post(company.client("owner"), KEYS, {"name": "script"} | body)
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    return found


def _find(made: dict[str, Any]) -> AccessKey:
    key = find_access_key(made["access_key_id"])
    assert key is not None
    return key


def test_a_key_is_shown_once_and_kept_encrypted(acme: Company, settings: Settings) -> None:
    made = _make(acme)
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", made["access_key_id"])
    assert len(made["secret_access_key"]) == 40
    listed = acme.client("owner").get(KEYS).content.decode()
    assert made["access_key_id"] in listed
    assert made["secret_access_key"] not in listed
    key = _find(made)
    assert made["secret_access_key"].encode() not in bytes(key.secret)
    assert secret_of(key) == made["secret_access_key"]
    with organization_scope(acme.id):
        assert made["secret_access_key"] not in str(list(AuditEvent.objects.values_list("data", flat=True)))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" + "y" * 40
    assert secret_of(key) == made["secret_access_key"]
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SecretUnreadable):
        secret_of(key)


@pytest.mark.parametrize("who", ["manager", "reviewer", "auditor", "labeler"])
def test_only_owners_have_to_do_with_keys(acme: Company, who: str) -> None:
    made = _make(acme)
    assert acme.client(who).get(KEYS).status_code == 403
    assert _post(acme.client(who), KEYS, {"name": "mine"}).status_code == 403
    assert acme.client(who).delete(f"{KEYS}/{made['id']}").status_code == 403
    assert acme.browser(who).get("/manage/organizations/accesskey/").status_code == 403


def test_a_key_is_switched_off_and_on_and_ended(acme: Company) -> None:
    made = _make(acme)
    owner, path = acme.client("owner"), f"{KEYS}/{made['id']}"
    session = _post(owner, f"{path}/sessions").json()
    for works in (False, True):
        assert owner.patch(path, {"works": works}, content_type="application/json").json()["works"] is works
        assert [find_access_key(one["access_key_id"]) is not None for one in (made, session)] == [works, works]
    assert owner.delete(path).status_code == 204
    assert [find_access_key(one["access_key_id"]) for one in (made, session)] == [None, None]
    assert owner.delete(path).status_code == 404
    with organization_scope(acme.id):
        verbs = AuditEvent.objects.filter(subject_id=made["id"]).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == [
            "access_key.created",
            "access_key.session_created",
            "access_key.changed",
            "access_key.changed",
            "access_key.ended",
        ]


def test_a_rotation_leaves_the_former_key_its_time(acme: Company) -> None:
    made = _make(acme, scopes=["jobs:read"])
    owner = acme.client("owner")
    after = _post(owner, f"{KEYS}/{made['id']}/rotation", {"overlap_hours": 2}).json()
    assert after["scopes"] == ["jobs:read"]
    assert after["secret_access_key"] != made["secret_access_key"]
    left = _find(made).expires_at
    assert left is not None
    assert timedelta(hours=1) < left - timezone.now() <= timedelta(hours=2)
    assert after["expires_at"] is None
    at_once = _post(owner, f"{KEYS}/{after['id']}/rotation", {"overlap_hours": 0})
    assert at_once.status_code == 201
    assert (_find(after).expires_at or timezone.now()) <= timezone.now()


def test_a_temporary_key_needs_its_token_and_does_no_more_than_its_key(acme: Company) -> None:
    made = _make(acme, scopes=["jobs:read", "jobs:manage"])
    path = f"{KEYS}/{made['id']}/sessions"
    session = _post(acme.client("owner"), path, {"seconds": 900, "scopes": ["jobs:read"]}).json()
    key = _find(session)
    assert session["access_key_id"].startswith("ASIA")
    assert key.scopes == ["jobs:read"]
    assert secret_of(key) == session["secret_access_key"]
    assert session_matches(key, session["session_token"])
    assert not session_matches(key, session["session_token"][:-1])
    assert not session_matches(key, "")
    assert not session_matches(_find(made), session["session_token"])
    assert session_matches(_find(made), "")
    wider = _post(acme.client("owner"), path, {"scopes": ["teams:manage"]})
    assert (wider.status_code, wider.json()["fields"][0]["code"]) == (422, "wider")
    assert _post(acme.client("owner"), path, {"seconds": 100}).status_code == 422
    assert session["access_key_id"] not in acme.client("owner").get(KEYS).content.decode()


def test_a_temporary_key_runs_out_no_later_than_its_key(acme: Company) -> None:
    made = _make(acme, expires_at=(timezone.now() + timedelta(minutes=5)).isoformat())
    session = _post(acme.client("owner"), f"{KEYS}/{made['id']}/sessions").json()
    assert _find(session).expires_at == _find(made).expires_at


def test_a_key_ends_with_its_makers_membership(acme: Company) -> None:
    made = _make(acme)
    with organization_scope(acme.id):
        manager = Membership.objects.get(user=acme.people["manager"])
        change_member(membership_id=manager.pk, role="owner")
        owner = Membership.objects.get(user=acme.people["owner"])
        change_member(membership_id=owner.pk, is_active=False)
        change_member(membership_id=owner.pk, is_active=True)
    assert find_access_key(made["access_key_id"]) is None


def test_a_key_made_with_an_api_token_ends_with_it_and_does_no_more(acme: Company) -> None:
    scopes = ["keys:manage", "jobs:read"]
    token = _post(acme.client("owner"), "/api/v1/tokens", {"name": "scoped", "scopes": scopes}).json()
    script = Client(headers={"Authorization": f"Bearer {token['secret']}"})
    wider = _post(script, KEYS, {"name": "wider", "scopes": ["jobs:manage"]})
    assert (wider.status_code, "jobs:manage" in wider.json()["message"]) == (403, True)
    made = _post(script, KEYS, {"name": "same"}).json()
    assert made["scopes"] == sorted(scopes)
    assert find_access_key(made["access_key_id"]) is not None
    assert acme.client("owner").delete(f"/api/v1/tokens/{token['id']}").status_code == 204
    assert find_access_key(made["access_key_id"]) is None


def test_when_it_was_last_used_is_kept(acme: Company) -> None:
    made = _make(acme)
    session = _post(acme.client("owner"), f"{KEYS}/{made['id']}/sessions").json()
    touch_access_key(_find(session))
    assert acme.client("owner").get(KEYS).json()["results"][0]["last_used_at"] is not None
    first = _find(session).last_used_at
    touch_access_key(_find(session))
    assert _find(session).last_used_at == first


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a", "scopes": ["everything"]}, "scopes.0"),
        ({"name": "a", "scopes": []}, "scopes"),
        ({"name": "a", "expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_wrong_orders_are_refused_with_the_field(acme: Company, body: dict[str, Any], field: str) -> None:
    answer = _post(acme.client("owner"), KEYS, body)
    assert (answer.status_code, [one["path"] for one in answer.json()["fields"]]) == (422, [field])


def test_there_is_an_end_to_the_number_of_keys(acme: Company) -> None:
    for _number in range(20):
        _make(acme)
    assert _post(acme.client("owner"), KEYS, {"name": "more"}).status_code == 409


def test_an_owner_makes_and_rotates_a_key_in_the_browser(acme: Company) -> None:
    browser = Client()
    browser.force_login(acme.people["owner"])
    page = "/manage/organizations/accesskey/"
    made = browser.post(f"{page}add/", {"name": "boto3", "scopes": ["jobs:read", "jobs:manage"]}).content.decode()
    key = AccessKey.objects.get()
    assert key.key_id in made
    assert secret_of(key) in made
    again = browser.get(f"{page}{key.pk}/change/").content.decode()
    assert secret_of(key) not in again
    assert acme.organization.account_id in again
    assert browser.get(f"{page}{key.pk}/do/rotate/").status_code == 200
    rotated = browser.post(f"{page}{key.pk}/do/rotate/").content.decode()
    newest = AccessKey.objects.exclude(pk=key.pk).get()
    assert secret_of(newest) in rotated
    assert browser.post(f"{page}{key.pk}/do/switch-off/").status_code == 302
    assert find_access_key(key.key_id) is None
    assert browser.post(f"{page}{newest.pk}/do/end/").status_code == 302
    assert find_access_key(newest.key_id) is None
    assert browser.get(f"{page}{newest.pk}/change/").status_code == 404
