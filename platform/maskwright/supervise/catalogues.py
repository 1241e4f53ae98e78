"""The message catalogues of Python and templates: `make messages` gathers, set-up and the image compile.

GNU gettext is not needed: Babel reads the sources, merges the catalogues and writes what Django loads. English is the
language of the sources and has no catalogue; each other language has one file, `config/locale/<language>/`. What the
operator reads in a terminal (set-up, supervision, management commands, logs) is English and not gathered.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from .setup import ROOT

LOCALES = ROOT / "platform" / "maskwright" / "config" / "locale"
TEMPLATES = ROOT / "platform" / "maskwright" / "config" / "templates"
SOURCES = tuple(ROOT / folder for folder in ("labeling", "workforce", "platform/maskwright"))
NOT_GATHERED = {"migrations", "management", "supervise", "demo", "locale"}
#: Function to the places of its messages: the second argument of ngettext is the plural, `c` a context.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_HEADER = """\
# The messages of Maskwright. Written by `make messages`; only the translations are edited by hand.
# Words of the field: docs/languages.md."""
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # a file changes only with its messages


def languages() -> list[str]:
    return sorted(path.name for path in LOCALES.iterdir() if path.is_dir())


def path_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def gather() -> Catalog:
    """Every message of the sources, with the files it stands in."""
    found = Catalog(fuzzy=False)
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        for _line, message, _comments, context in extract("python", io.BytesIO(_readable(path)), keywords=KEYWORDS):
            if message and message != "":
                found.add(message, locations=[(name, 1)], context=context)
    return found


def files() -> Iterator[Path]:
    """The sources that hold messages."""
    for folder in SOURCES:
        for path in sorted(folder.rglob("*.py")):
            if not NOT_GATHERED & set(path.relative_to(ROOT).parts):
                yield path
    yield from sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".txt"))


def _readable(path: Path) -> bytes:
    """The file as Python: a template's tags become calls of gettext. Parentheses make its indentation meaningless."""
    if path.suffix == ".py":
        return path.read_bytes()
    from django.utils.translation.template import templatize

    code = templatize(path.read_text("utf-8"))
    # What is left of the page between the calls: words of one letter, and quotes that would open a string.
    calls = re.findall(r"n?p?gettext\((?:[^()'\"]|u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")*\)", code, re.DOTALL)
    return "\n".join(calls).encode()


def read(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> list[Message]:
    """Merge the sources' messages into a catalogue and answer those without a translation."""
    catalogue = read(language) if path_of(language).exists() else Catalog(locale=language)
    catalogue.update(gather(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = _HEADER
    catalogue.fuzzy = False
    catalogue.project, catalogue.version, catalogue.copyright_holder = "Maskwright", "", "The authors of Maskwright"
    catalogue.language_team, catalogue.last_translator = language, "The authors of Maskwright"
    catalogue.creation_date = catalogue.revision_date = _NO_TIME
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=100, include_lineno=False, sort_output=True)
    path_of(language).write_bytes(written.getvalue())
    return [message for message in catalogue if message.id and not is_translated(message)]


def is_translated(message: Message) -> bool:
    parts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(parts)


def compiled(language: str) -> bytes:
    """The bytes of what Django loads."""
    written = io.BytesIO()
    write_mo(written, read(language))
    return written.getvalue()


def compile_all() -> None:
    for language in languages():
        path_of(language).with_suffix(".mo").write_bytes(compiled(language))


def main(arguments: list[str]) -> int:
    if arguments == ["compile"]:
        compile_all()
        return 0
    if arguments[:1] != ["update"]:
        print("Usage: python -m maskwright.supervise.catalogues compile | update [LANGUAGE ...]", file=sys.stderr)
        return 2
    missing = 0
    for language in arguments[1:] or languages():
        found = update(language)
        missing += len(found)
        print(f"{path_of(language).relative_to(ROOT)}: {len(found)} messages without a translation")
    compile_all()
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
