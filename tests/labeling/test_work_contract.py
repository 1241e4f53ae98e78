"""The claim's JSON is fixed by the example in docs/work-api.md: same keys, same types, at every depth."""

import json
import re
from pathlib import Path
from typing import Any

from tests.factories.jobs import make_job
from tests.factories.work import act, claim, flat_mask, save_draft
from tests.plugins.cast import Company

PAGE = Path(__file__).resolve().parents[2] / "docs" / "work-api.md"


def _example() -> dict[str, Any]:
    found = re.search(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found, "docs/work-api.md has no JSON example"
    return dict(json.loads(found.group(1)))


def _shape(value: Any) -> Any:
    """Keys and types; a list's shape is its first item's; whole and broken numbers are alike."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def test_a_claim_looks_like_the_example(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    first = claim(client).json()
    save_draft(client, first, 1, flat_mask(1))
    assert _shape(claim(client).json()) == _shape(_example())


def test_a_heartbeat_answers_what_the_page_lists(acme: Company) -> None:
    make_job(acme)
    client = acme.client("labeler")
    lease = act(client, claim(client).json(), "heartbeat").json()
    assert set(lease) == {"expires_at", "seconds_left", "paused", "revision"}
