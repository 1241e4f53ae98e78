"""Texts that are kept or that come from elsewhere, in the language of whoever reads them.

Nothing translated is ever stored: rows hold the English sentence with its values filled in (failure reasons,
problems of photos, results of tests), beside a code for programs. `reword` finds the catalogue's message that a
stored sentence was made from and says it in the language in use. What it does not find (a text a person wrote, a
sentence of an older release) stays as it is.
"""

import re
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, cast

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import trans_real

#: The language of everything that is stored, and of the messages in the source.
STORED = "en"
#: A placeholder whose value is a sentence of ours again.
_SENTENCES = frozenset({"sentence", "error", "kind"})
#: A message with less text of its own around its placeholders says too little to be recognized by.
_LEAST_LETTERS = 8
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")


def in_stored_language() -> AbstractContextManager[Any]:
    """For a block whose texts are kept: they are English, whoever's request it is."""
    return cast(AbstractContextManager[Any], translation.override(STORED))


def number(value: int) -> str:
    """`value` with the thousands grouped as the language in use does it: 10,000 or 10.000."""
    return number_format(value, use_l10n=True, force_grouping=True)


def reword(text: str) -> str:
    """A stored English text in the language in use."""
    language = translation.get_language() or STORED
    if not text or language.partition("-")[0] == STORED:
        return text
    return _reworded(language, text)


@lru_cache(maxsize=4096)
def _reworded(language: str, text: str) -> str:
    whole = _sentence(language, text)
    if whole is not None:
        return whole
    # Several sentences in a row: the longest beginning that is known, then the rest.
    for cut in reversed([found.end() for found in re.finditer(r"[.:?!] ", text)]):
        begin = _sentence(language, text[:cut].rstrip())
        if begin is not None:
            return f"{begin} {_reworded(language, text[cut:])}"
    return text


def _sentence(language: str, text: str) -> str | None:
    """The translation of a text that is exactly one message; None when it is none."""
    exact, patterns = _messages(language)
    if text in exact:
        return exact[text]
    for pattern, translated in patterns:
        found = pattern.fullmatch(text)
        if found:
            return translated % {name: _value(language, name, value) for name, value in found.groupdict().items()}
    return None


def _value(language: str, name: str, value: str) -> str:
    if name in _SENTENCES:
        return _reworded(language, value)
    return number(int(value.replace(",", ""))) if _GROUPED.fullmatch(value) else value


@lru_cache(maxsize=8)
def _messages(language: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """The catalogue's messages without placeholders, and those with, the most specific first."""
    exact: dict[str, str] = {}
    patterns: list[tuple[int, re.Pattern[str], str]] = []
    for message, translated in cast(Any, trans_real.translation(language))._catalog.items():
        if not isinstance(message, str) or not message or not isinstance(translated, str) or not translated:
            continue
        own = _PLACEHOLDER.sub("", message)
        if own == message:
            exact[message] = translated
        elif "\x04" not in message and len(re.sub(r"\W", "", own)) >= _LEAST_LETTERS:
            patterns.append((len(own), re.compile(_pattern(message), re.DOTALL), _as_text(translated)))
    patterns.sort(key=lambda one: -one[0])
    return exact, [(pattern, translated) for _, pattern, translated in patterns]


def _pattern(message: str) -> str:
    """A regular expression for what `message % values` becomes; a placeholder that stands twice has one value."""
    parts: list[str] = []
    seen: set[str] = set()
    end = 0
    for found in _PLACEHOLDER.finditer(message):
        name = found[1]
        parts.append(re.escape(message[end : found.start()].replace("%%", "%")))
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
        end = found.end()
    return "".join([*parts, re.escape(message[end:].replace("%%", "%"))])


def _as_text(message: str) -> str:
    """The values of a recognized sentence are texts, whatever they were in the source."""
    return re.sub(r"%\((\w+)\)d", r"%(\1)s", message)


__all__ = ["STORED", "in_stored_language", "number", "reword"]
