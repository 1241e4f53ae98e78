"""Rules of the source tree that a person forgets and a build should not."""

import ast
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("platform/maskwright", "labeling", "workforce")
MOST_LINES = 350


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def own_files() -> list[Path]:
    """The product's modules, without the migrations, which are generated."""
    return [path for path in python_files(*SOURCES) if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_platform_is_no_package() -> None:
    """`platform/__init__.py` would hide the standard library's module from everything that starts here."""
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()
    assert Path(platform.__file__).parent == Path(ast.__file__).parent


@pytest.mark.parametrize("path", ["", "platform"])
def test_the_standard_librarys_platform_is_found_with_the_checkout_on_the_path(path: str) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT / path)!r}); import platform; print(platform.python_version())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == platform.python_version()


def test_files_are_short() -> None:
    long = {
        name_of(path): lines
        for path in [*own_files(), *python_files("tests", "benchmarks")]
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert not long, f"A file over {MOST_LINES} lines has a second subject: move it out. {long}"


#: What must be gone through the door that is named, and where that door is.
BANNED = [
    (r"\bshared_task\b", "Register an outbox topic with @handles (core/outbox.py).", ()),
    (
        r"\.(delay|apply_async|send_task)\(",
        "Emit an outbox message: what is sent inside of a request is lost or comes too early.",
        ("platform/maskwright/config/",),
    ),
    (r"\.objects\.raw\(|\.raw\(", "Use connection.cursor(), whose SQL is seen to be SQL.", ()),
    (r"\b(import|from) (pickle|shelve|marshal)\b", "Use JSON; unpickling runs what is in the data.", ()),
    (
        r"\bon_commit\(",
        "Emit an outbox message; what on_commit calls is lost when the process dies.",
        ("labeling/services/drafts.py",),  # removes the draft before: what is lost there is swept up later
    ),
    (r"\bpost_save\b|\bpre_save\b", "Call the service; signals hide who does what.", ()),
    (r"fields = \"__all__\"", "Name the fields of a serializer or form.", ()),
    (r"\beval\(|\bexec\(", "Nothing here needs to run text.", ()),
]


@pytest.mark.parametrize(("pattern", "instead", "allowed"), BANNED, ids=[pattern for pattern, _, _ in BANNED])
def test_what_is_banned_is_not_used(pattern: str, instead: str, allowed: tuple[str, ...]) -> None:
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in own_files()
        if not name_of(path).startswith(allowed or ("/",))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line.partition("#")[0])
    ]
    assert not found, instead


def test_services_see_no_request() -> None:
    """Admin, API, tasks and commands call the same services; a request in one of them would end that."""
    found = [
        name_of(path)
        for path in own_files()
        if {"services", "selectors"} & set(path.with_suffix("").parts)
        and re.search(r"^\s*(from|import) (rest_framework|django\.http)\b", path.read_text(), re.MULTILINE)
    ]
    assert found == []


def test_nothing_unfinished_is_left() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [name_of(path) for path in own_files() if marks.search(path.read_text())]
    assert found == []


def test_production_code_imports_no_tests() -> None:
    found = [
        name_of(path)
        for path in own_files()
        if re.search(r"^\s*(from|import) (tests|benchmarks|pytest)\b", path.read_text(), re.MULTILINE)
    ]
    assert found == []
