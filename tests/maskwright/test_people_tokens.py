"""API tokens of people: shown once, ended, bound to their maker, limited to scopes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from maskwright.accounts.models import ApiToken
from maskwright.core.scope import organization_scope
from maskwright.organizations.services.own_tokens import revoke_own_token
from tests.plugins.cast import Company

HERE = "/api/v1/organizations/current"


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def _patch(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.patch(path, body, content_type="application/json")


def test_a_token_is_shown_once_works_and_ends(acme: Company) -> None:
    labeler = acme.client("labeler")
    made = _post(labeler, "/api/v1/tokens", {"name": "script", "days": 30})
    assert made.status_code == 201
    secret = made.json()["secret"]
    script = Client(headers={"Authorization": f"Bearer {secret}"})
    assert script.get(HERE).json()["username"] == "acme-labeler"
    assert secret not in labeler.get("/api/v1/tokens").content.decode()
    assert labeler.delete(f"/api/v1/tokens/{made.json()['id']}").status_code == 204
    assert script.get(HERE).status_code == 401


def _script(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def _generations(company: Company) -> tuple[list[ApiToken], list[Client]]:
    """A labeler's token, one made with it, and one made with that one."""
    rows = [ApiToken.objects.get(user=company.people["labeler"])]
    scripts = [company.client("labeler")]
    for _ in range(2):
        made = _post(scripts[-1], "/api/v1/tokens", {"name": "more"})
        assert made.status_code == 201
        rows.append(ApiToken.objects.get(pk=made.json()["id"]))
        scripts.append(_script(made.json()["secret"]))
    assert [script.get(HERE).status_code for script in scripts] == [200, 200, 200]
    return rows, scripts


@pytest.mark.parametrize(("revoked", "answers"), [(0, [401, 401, 401]), (1, [200, 401, 401]), (2, [200, 200, 401])])
def test_a_token_made_with_a_token_ends_with_it(acme: Company, revoked: int, answers: list[int]) -> None:
    """Who stole one must not be able to make himself another that outlives its discovery."""
    rows, scripts = _generations(acme)
    with organization_scope(acme.id):
        revoke_own_token(user=acme.people["labeler"], token_id=rows[revoked].pk)
    assert [script.get(HERE).status_code for script in scripts] == answers


def test_a_token_made_with_a_token_runs_out_no_later(acme: Company) -> None:
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=3))
    rows, _ = _generations(acme)
    assert rows[2].expires_at <= rows[1].expires_at <= rows[0].expires_at


# --- scopes of tokens -------------------------------------------------------------------------------------------------
def _scoped(company: Company, who: str, *scopes: str) -> Client:
    made = _post(company.client(who), "/api/v1/tokens", {"name": "scoped", "days": 30, "scopes": list(scopes)})
    assert (made.status_code, made.json()["scopes"]) == (201, sorted(scopes))
    return _script(made.json()["secret"])


def test_a_token_does_no_more_than_its_scopes(acme: Company) -> None:
    script = _scoped(acme, "manager", "jobs:read")
    assert [one["code"] for one in script.get(HERE).json()["permissions"]] == ["jobs:read"]
    assert script.get("/api/v1/teams").status_code == 200
    for refused in (
        _post(script, "/api/v1/teams", {"name": "more"}),
        script.get(f"{HERE}/members"),
        _post(script, "/api/v1/work/claims"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
        assert "This API token may not" in refused.json()["message"]
    assert acme.client("manager").get(f"{HERE}/members").status_code == 200


def test_a_token_does_no_more_than_its_owners_role(acme: Company) -> None:
    script = _scoped(acme, "labeler", "work:do", "members:manage")
    assert script.get(f"{HERE}/members").status_code == 403
    assert [one["code"] for one in script.get(HERE).json()["permissions"]] == ["work:do"]
    assert _post(script, "/api/v1/work/claims").status_code == 204


def test_pages_ask_for_scopes_too(acme: Company) -> None:
    members = "/manage/organizations/membership/"
    assert acme.client("manager").get(members).status_code == 200
    assert _scoped(acme, "manager", "jobs:read").get("/manage/accounts/apitoken/").status_code == 200
    assert acme.client("manager").get("/manage/organizations/invitation/add/").status_code == 200
    assert _scoped(acme, "manager", "jobs:read").get("/manage/organizations/invitation/add/").status_code == 403
    assert _scoped(acme, "manager", "work:do").get("/manage/").status_code == 403


def test_a_scoped_token_makes_none_that_may_more_and_ends_no_other(acme: Company) -> None:
    script = _scoped(acme, "manager", "jobs:read")
    wider = _post(script, "/api/v1/tokens", {"name": "wider", "scopes": ["jobs:read", "jobs:manage"]})
    assert (wider.status_code, "jobs:manage" in wider.json()["message"]) == (403, True)
    assert _post(script, "/api/v1/tokens", {"name": "same"}).json()["scopes"] == ["jobs:read"]
    seen = {one["name"] for one in script.get("/api/v1/tokens").json()["results"]}
    assert seen == {"scoped", "same"}
    other = ApiToken.objects.get(user=acme.people["manager"], name="test")
    assert script.delete(f"/api/v1/tokens/{other.pk}").status_code == 404
    assert acme.client("manager").get(HERE).status_code == 200


def test_a_token_that_opens_the_managers_form_makes_none_that_outlives_it(acme: Company) -> None:
    """The form takes no scope its own token lacks, and what it makes ends with that token."""
    script, form = _scoped(acme, "manager", "jobs:read"), "/manage/accounts/apitoken/add/"
    script.post(form, {"name": "wide", "days": 30, "scopes": ["members:manage"]})
    assert not ApiToken.objects.filter(name="wide").exists()
    script.post(form, {"name": "narrow", "days": 30, "scopes": ["jobs:read"]})
    parent = ApiToken.objects.get(user=acme.people["manager"], name="scoped")
    assert ApiToken.objects.get(name="narrow").parent_id == parent.pk


@pytest.mark.parametrize("scopes", [[], ["everything"], "jobs:read", [["jobs:read"]]])
def test_scopes_that_are_none_are_refused(acme: Company, scopes: Any) -> None:
    answer = _post(acme.client("manager"), "/api/v1/tokens", {"name": "x", "scopes": scopes})
    assert (answer.status_code, answer.json()["fields"][0]["path"].split(".")[0].split("[")[0]) == (422, "scopes")


def test_nobody_sees_or_ends_anothers_token(acme: Company) -> None:
    token = acme.client("labeler").get("/api/v1/tokens").json()["results"][0]["id"]
    owner = acme.client("owner")
    assert token not in owner.get("/api/v1/tokens").content.decode()
    assert owner.delete(f"/api/v1/tokens/{token}").status_code == 404
    assert acme.client("labeler").get(HERE).status_code == 200
