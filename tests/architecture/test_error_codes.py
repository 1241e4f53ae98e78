"""docs/work-api.md lists every error code that the API can answer, with its status."""

import re
from collections.abc import Iterator
from pathlib import Path

from maskwright.core.errors import DomainError

ROOT = Path(__file__).resolve().parents[2]
OWN = ("labeling", "workforce", "maskwright")


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _below(one)


def _documented() -> set[tuple[int, str]]:
    text = (ROOT / "docs/work-api.md").read_text("utf-8")
    table = text.partition("<!-- codes -->")[2].partition("<!-- /codes -->")[0]
    rows = re.findall(r"^\| (\d{3}) \| (.+?) \|", table, re.MULTILINE)
    return {(int(status), code) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}


def test_every_error_class_is_in_the_docs_with_its_status() -> None:
    raised = {(one.status, one.code) for one in _below(DomainError) if one.__module__.partition(".")[0] in OWN}
    assert len(raised) > 30
    assert sorted(raised - _documented()) == []


def test_the_docs_list_no_code_that_is_in_no_source() -> None:
    sources = "".join(
        path.read_text("utf-8")
        for folder in ("labeling", "workforce", "platform")
        for path in sorted((ROOT / folder).rglob("*.py"))
    )
    # Django REST framework's own.
    known = {"parse_error", "method_not_allowed", "unsupported_media_type", "throttled"}
    named = {code for _status, code in _documented()}
    assert sorted(code for code in named - known if f'"{code}"' not in sources) == []
