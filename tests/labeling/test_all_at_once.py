"""Whoever sends a bad order reads everything that is wrong with it at once, what cannot be read included."""

import uuid
from typing import Any

import pytest

from labeling.models import LabelingJob, LabelSet
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.labeling.test_jobs_api import _order, _post
from tests.plugins.cast import Company


def _problems(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.content
    return {field["path"]: field["code"] for field in response.json()["fields"]}


def _counts(company: Company) -> tuple[int, int, int]:
    with organization_scope(company.id):
        return LabelingJob.objects.count(), LabelSet.objects.count(), OutboxMessage.objects.count()


def test_what_cannot_be_read_hides_nothing_of_an_order(acme: Company, globex: Company) -> None:
    order = _order(acme)
    body = order | {
        "name": "not a name",
        "number_of_labelers": "three",
        "max_concurrent": 0,
        "deadline": "2001-01-01T00:00:00Z",
        "label_set_id": "things",
        "task_template_id": str(uuid.uuid4()),
        "work_team_id": str(uuid.uuid4()),
        "review_share": "half",
        "consolidation_rule": "loudest",
        "required_skills": {"": 3},
        "input_uri": "ftp://photos/",
    }
    before = _counts(acme)
    found = _problems(_post(acme.client("manager"), "jobs", body))
    assert found == {
        "name": "bad_name",
        "number_of_labelers": "invalid",
        "max_concurrent": "out_of_range",
        "deadline": "bad_deadline",
        "label_set_id": "invalid",
        "task_template_id": "not_found",
        "work_team_id": "not_found",
        "review_share": "invalid",
        "consolidation_rule": "unknown_rule",
        "required_skills.": "bad_skill",
        "input_uri": found["input_uri"],
    }
    assert _counts(acme) == before


def test_an_order_with_one_unreadable_field_makes_nothing(acme: Company) -> None:
    """The rest of it is right, so that the service, when asked for its other faults, makes the job: that is undone."""
    order, before = _order(acme), _counts(acme)
    found = _problems(_post(acme.client("manager"), "jobs", order | {"max_concurrent": "many"}))
    assert found == {"max_concurrent": "invalid"}
    assert _counts(acme) == before
    assert _post(acme.client("manager"), "jobs", order).status_code == 201, "and the name is still free"


@pytest.mark.parametrize("body", ["a text", [1, 2], [], None])
def test_a_body_that_is_no_object_is_one_problem(acme: Company, body: Any) -> None:
    response = acme.client("manager").post("/api/v1/jobs", body, content_type="application/json")
    assert response.status_code in (400, 422) and response.json()["message"]


def test_of_300_categories_each_fault_is_told(acme: Company) -> None:
    categories: list[dict[str, Any]] = [{"name": f"class {n}"} for n in range(300)]
    categories[3] = {"color": "#ff0000"}
    categories[5]["key"] = "too long"
    categories[7]["index"] = "seven"
    categories[9]["name"] = "CLASS 8"
    categories[20]["color"] = "reddish"
    body = {"name": "", "categories": categories}
    assert _problems(_post(acme.client("manager"), "label-sets", body)) == {
        "name": "bad_name",
        "categories": "too_many_labels",
        "categories.3.name": "required",
        "categories.5.key": "bad_key",
        "categories.7.index": "invalid",
        "categories.9.name": "duplicate_name",
        "categories.20.color": "bad_color",
    }


def test_a_change_is_told_all_its_faults_and_changes_nothing(acme: Company) -> None:
    client = acme.client("manager")
    job = _post(client, "jobs", _order(acme)).json()
    changes = {"title": "", "priority": "high", "number_of_labelers": 99, "tools": ["hammer"], "gold_rate": 0.5}
    response = client.patch(f"/api/v1/jobs/{job['id']}", changes, content_type="application/json")
    assert _problems(response) == {
        "title": "bad_title",
        "priority": "invalid",
        "number_of_labelers": "out_of_range",
        "tools.0": "unknown_tool",
    }
    alone = client.patch(f"/api/v1/jobs/{job['id']}", {"gold_rate": 0.5, "priority": "high"}, "application/json")
    assert _problems(alone) == {"priority": "invalid"}
    with organization_scope(acme.id):
        assert LabelingJob.objects.get(pk=job["id"]).gold_rate == 0.1
