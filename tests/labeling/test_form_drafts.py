"""Drafts of tasks with a page of their own: the form so far, kept as a mask is."""

import json
from typing import Any

import pytest
from django.test import Client

from labeling.services import frames
from tests.factories.frames import SCRIPT, framed_job
from tests.factories.jobs import make_job
from tests.factories.work import claim, flat_mask, save_draft
from tests.plugins.cast import Company

FORM = {"annotatedResult": {"labelMappings": {"cat": {"color": "#2ca02c"}}}, "remark": "Zwei Katzen – vielleicht"}


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "crowd_script", lambda language: SCRIPT)


def _save(client: Client, assignment: dict[str, Any], seq: int, form: Any, **headers: str) -> Any:
    return client.put(
        f"/api/v1/work/claims/{assignment['id']}/draft",
        form if isinstance(form, str) else json.dumps(form),
        content_type="application/json",
        headers={"X-Fencing-Token": str(assignment["token"]), "X-Draft-Seq": str(seq), **headers},
    )


def test_a_form_comes_back_as_it_was(acme: Company) -> None:
    framed_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    assert _save(client, assignment, 1, FORM).status_code == 200
    again = claim(client).json()
    assert again["draft"]["seq"] == 1
    found = client.get(again["draft"]["url"])
    assert found.headers["Content-Type"] == "application/json"
    assert found.headers["X-Draft-Seq"] == "1"
    assert found.json() == FORM


@pytest.mark.parametrize("form", [[1], "text", "7", "{"])
def test_what_is_no_form_is_refused(acme: Company, form: Any) -> None:
    framed_job(acme)
    client = acme.client("labeler")
    assert _save(client, claim(client).json(), 1, form).status_code in (400, 422)


def test_each_task_has_its_own_kind_of_draft(acme: Company) -> None:
    framed_job(acme)
    client = acme.client("labeler")
    framed = claim(client).json()
    wrong = save_draft(client, framed, 1, flat_mask(1))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_draft")


def test_a_mask_is_no_form(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    wrong = _save(client, claim(client).json(), 1, FORM)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_draft")


def test_a_form_that_goes_on_from_another_draft_overwrites_nothing(acme: Company) -> None:
    framed_job(acme)
    client = acme.client("labeler")
    assignment = claim(client).json()
    assert _save(client, assignment, 1, FORM, **{"X-Draft-Base": "0"}).status_code == 200
    late = _save(client, assignment, 9, {"remark": "other"}, **{"X-Draft-Base": "0"})
    assert (late.status_code, late.json()["code"]) == (409, "stale_draft")
    kept = _save(client, assignment, 9, {"remark": "other"}, **{"X-Draft-Base": "1", "X-Draft-Keep": "replaced"})
    assert kept.status_code == 200
    (version,) = client.get(f"/api/v1/work/claims/{assignment['id']}/draft/versions").json()["results"]
    assert client.get(version["url"]).json() == FORM
