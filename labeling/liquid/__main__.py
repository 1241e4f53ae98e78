"""`make check-templates DIR=<folder>`: render every template in a folder, with an input that has all they ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from .problems import TemplateError
from .render import Rendered, check_template

_SUFFIXES = (".html", ".htm")


def main(arguments: list[str]) -> int:
    """0 when all are right; 1 when one is not, or none was found; 2 without a folder."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("Name a folder of templates: make check-templates DIR=<folder>", file=sys.stderr)
        return 2
    right = wrong = 0
    for path in templates(Path(arguments[0])):
        try:
            found = check_template(read(path))
        except TemplateError as error:
            wrong += 1
            print(f"WRONG  {path}\n       {error.problem.sentence}")
            if error.problem.text:
                print(f"       {error.problem.text}")
        else:
            right += 1
            print(f"ok     {path}{needs(found)}")
    print(f"{right} right, {wrong} wrong" if right + wrong else "There are no templates (*.liquid*, *.html).")
    return 0 if right and not wrong else 1


def templates(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        name = path.name.lower()
        if path.is_file() and (".liquid" in name or name.endswith(_SUFFIXES)):
            yield path


def read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return path.read_text("latin-1")


def needs(found: Rendered) -> str:
    """The hosts that an owner has to allow."""
    return f"  (loads from {', '.join(found.hosts)})" if found.hosts else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
