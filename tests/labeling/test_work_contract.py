"""docs/work-api.md is a contract: its examples have the keys and types of what the server really sends."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.serializers import DictField

from labeling.api.work import outputs
from tests.factories.inputs import run_messages
from tests.factories.jobs import CATEGORIES, make_job
from tests.factories.work import act, claim, flat_mask, save_draft, submit
from tests.plugins.cast import Company
from workforce.services.claims import Reason

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "work-api.md").read_text()
_EXAMPLE = re.compile(r"<!-- contract: (\w+) -->\n```json\n(.*?)\n```", re.DOTALL)
EXAMPLES: dict[str, Any] = {name: json.loads(text) for name, text in _EXAMPLE.findall(PAGE)}


def shape(value: Any) -> Any:
    """Keys and types, recursively; a list is as its first element, a whole number may stand for a fraction."""
    if isinstance(value, dict):
        return {key: shape(below) for key, below in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, str):
        return _kind_of_text(value)
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _kind_of_text(value: str) -> str:
    kinds = {
        "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "sha256": r"[0-9a-f]{64}",
        "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
        "address": r"/api/v1/work/claims/[0-9a-f-]{36}/[\w/-]+",
        "color": r"#[0-9a-f]{6}",
    }
    return next((kind for kind, pattern in kinds.items() if re.fullmatch(pattern, value)), "text")


def test_the_page_has_all_examples() -> None:
    assert set(EXAMPLES) == {"claim", "heartbeat", "draft", "submit", "error", "review"}


def test_the_shape_tells_apart_what_clients_rely_on() -> None:
    assert shape({"a": 1}) != shape({"a": "1"}) != shape({"b": "1"})
    assert shape("2026-11-24T14:32:00Z") == "time" != shape("2026-11-24 14:32:00")
    assert shape([{"a": True}]) != shape([{"a": 1}])


def test_a_claim_and_what_follows_are_as_written(acme: Company) -> None:
    make_job(acme, objects=1, labelers=1, instructions="Paint **all** cats.")
    client = acme.client("labeler")
    first = claim(client)
    assert (first.status_code, first.json()["draft"]) == (201, None)
    saved = save_draft(client, first.json(), 1, flat_mask(1))
    assert shape(saved.json()) == shape(EXAMPLES["draft"])
    again = claim(client)
    assert again.status_code == 200
    assert shape(again.json()) == shape(EXAMPLES["claim"])
    assert again.json()["categories"] == CATEGORIES
    assert shape(act(client, again.json(), "heartbeat", {"active_seconds": 1}).json()) == shape(EXAMPLES["heartbeat"])
    wrong = submit(client, again.json(), flat_mask(1, (10, 8)))
    assert wrong.status_code == 422
    assert wrong.json() == EXAMPLES["error"] | {"request_id": wrong.json()["request_id"]}
    accepted = submit(client, again.json(), flat_mask(1))
    assert (accepted.status_code, shape(accepted.json())) == (200, shape(EXAMPLES["submit"]))


def test_a_reviewer_gets_the_sheet_as_written(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=2, reviewers=("reviewer",))
    for who in ("labeler", "labeler2"):
        submit(acme.client(who), claim(acme.client(who)).json(), flat_mask(1))
    run_messages(acme, "work.item_answered")
    run_messages(acme, "task.consolidate")
    sheet = claim(acme.client("reviewer")).json()["review"]
    assert made.tasks and shape(sheet) == shape(EXAMPLES["review"])


def test_without_work_the_reason_is_in_a_header(acme: Company) -> None:
    answer = claim(acme.client("labeler"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert f"| `{answer.headers['X-Reason']}` |" in PAGE


def test_every_reason_is_explained() -> None:
    assert {reason for reason in Reason if f"| `{reason}` |" not in PAGE} == set()


@pytest.mark.parametrize(
    ("serializer", "example"),
    [
        (outputs.AssignmentOutput, "claim"),
        (outputs.LeaseOutput, "heartbeat"),
        (outputs.SavedDraftOutput, "draft"),
        (outputs.AcceptedOutput, "submit"),
        (outputs.ReviewSheetOutput, "review"),
    ],
)
def test_the_schema_describes_the_examples(serializer: Any, example: str) -> None:
    """The serializers of the schema are not what makes the answers, so they could drift from them."""
    assert _fields(serializer(), EXAMPLES[example]) == _keys(EXAMPLES[example])


def _fields(serializer: Any, example: Any) -> Any:
    """Names of fields, recursively, down to where the example has null or nothing in a list."""
    if isinstance(example, list):
        example = example[0] if example else None
    if isinstance(serializer, DictField):
        return dict.fromkeys(example)
    fields = getattr(getattr(serializer, "child", serializer), "fields", None)
    if not isinstance(example, dict) or fields is None:
        return None
    return {name: _fields(field, example.get(name)) for name, field in fields.items()}


def _keys(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    return {key: _keys(below) for key, below in value.items()} if isinstance(value, dict) else None


def test_the_openapi_schema_is_valid_and_has_no_warnings() -> None:
    """As `manage.py spectacular --validate --fail-on-warn`."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        generator: Any = SchemaGenerator
        schema = generator().get_schema(request=None, public=True)
    check: Any = validate_schema
    check(schema)
    assert dict(GENERATOR_STATS._warn_cache) == {}
    assert dict(GENERATOR_STATS._error_cache) == {}
    assert "/api/v1/work/claims" in schema["paths"]


def test_the_schema_is_served(acme: Company) -> None:
    answer = acme.client("labeler").get("/api/schema/?format=json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["info"]["title"] == "Maskwright"
