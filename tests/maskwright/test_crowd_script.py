"""The script of task frames is found in its build's manifest, in the person's language or in English."""

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from maskwright.core.templatetags.vite import crowd_script


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Path:
    settings.FRONTEND_DIST = tmp_path
    (tmp_path / ".vite").mkdir()
    for code in ("en", "de"):
        entry = {"src/crowd/main.ts": {"file": f"assets/crowd-{code}-abc.js", "isEntry": True}, "x": {"file": "x.js"}}
        (tmp_path / ".vite" / f"crowd-{code}.json").write_text(json.dumps(entry))
    return tmp_path


def test_it_is_in_the_language_of_the_person(built: Path) -> None:
    assert crowd_script("de") == "/static/assets/crowd-de-abc.js"


def test_it_is_english_where_there_is_none(built: Path) -> None:
    assert crowd_script("fr") == "/static/assets/crowd-en-abc.js"


def test_it_is_none_where_nothing_is_built(tmp_path: Path, settings: Settings) -> None:
    settings.FRONTEND_DIST = tmp_path
    assert crowd_script("de") is None
