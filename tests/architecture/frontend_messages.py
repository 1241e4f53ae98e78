"""The messages of the frontend's sources, found by their shape; `src/locales/` translates them."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "frontend" / "src"
LOCALES = SOURCES / "locales"
_TEXT = r'"((?:[^"\\\n]|\\.)*)"'
_CALL = re.compile(rf"(?<![\w.])t\(\s*(?:{_TEXT}\s*[,)]|(?P<other>[^\s\"][^,)\n]*))")
_PLURAL = re.compile(rf"(?<![\w.])tn\(\s*[^\"]*?,\s*{_TEXT},\s*{_TEXT}")
#: Texts that a registry names and `t()` translates where they are drawn.
_NAMED = re.compile(rf"\b(?:label|hint)\b:\s*{_TEXT}")
#: Errors whose text is shown.
_ERROR = re.compile(rf"new (?:PngError|ImageError)\(\s*{_TEXT}")
_BADGE = re.compile(rf"\w+: \[{_TEXT}, \"(?:plain|accent|warning|success|danger)\"\]")
_ENTRY = re.compile(rf"^  {_TEXT}: {_TEXT},$", re.MULTILINE)


@dataclass
class Found:
    """`texts` with a file each; `dynamic`: calls of t() whose text is no literal, as (file, expression)."""

    texts: dict[str, str] = field(default_factory=dict)
    dynamic: set[tuple[str, str]] = field(default_factory=set)


def gather() -> Found:
    found = Found()
    for path in sorted(SOURCES.rglob("*.ts")):
        if path.name.endswith(".spec.ts") or path.parent == LOCALES or path.name == "i18n.ts":
            continue
        name, source = path.relative_to(SOURCES).as_posix(), path.read_text("utf-8")
        for call in _CALL.finditer(source):
            if call["other"] is not None:
                found.dynamic.add((name, call["other"]))
        patterns = (_CALL, _PLURAL, _NAMED, _ERROR, _BADGE)
        for match in (match for pattern in patterns for match in pattern.finditer(source)):
            groups = [group for key, group in enumerate(match.groups(), 1) if key != match.re.groupindex.get("other")]
            found.texts.update({_text(group): name for group in groups if group is not None})
    return found


def catalogue(language: str) -> dict[str, str]:
    entries = _ENTRY.findall((LOCALES / f"{language}.ts").read_text("utf-8"))
    return {_text(key): _text(value) for key, value in entries}


def _text(literal: str) -> str:
    return str(json.loads(f'"{literal}"'))
