"""Read an input manifest.

UTF-8 JSON Lines, one data object a line, checked line by line in bounded memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from labeling.wording import gettext_noop as _

from .attributes import Attributes, DuplicateKeyError, JsonValue, NotJsonError, split_attributes
from .errors import ManifestProblem, ProblemCode

MAX_LINE_CHARS = 100_000
MAX_ATTRIBUTE_CHARS = 20_000
MAX_SOURCE_REF_CHARS = 2_048
_MAX_LINE_BYTES = 4 * MAX_LINE_CHARS + 2
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ManifestLine:
    """A usable line.

    `number` is 1-based and counts every line of the file; `index` = number - 1 is Ground Truth's object
    index. `text` is the line as it came, without its line end: keep this, not the parsed values, for the
    output.
    """

    number: int
    source_ref: str
    text: str
    attributes: Attributes

    @property
    def index(self) -> int:
        return self.number - 1

    def has(self, name: str) -> bool:
        """Whether the line carries this attribute, e.g. the label of an earlier job."""
        return name in self.attributes

    def value(self, name: str) -> JsonValue:
        """The attribute's value as Python sees it; KeyError when it is absent."""
        value: JsonValue = json.loads(self.attributes[name])
        return value


def bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file without their line ends; of an overlong line only as much as proves it too long."""
    while line := file.readline(_MAX_LINE_BYTES):
        rest = line
        while len(rest) == _MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(_MAX_LINE_BYTES)
        yield line


def read_manifest(lines: Iterable[bytes]) -> Iterator[ManifestLine | ManifestProblem]:
    """Every line of a manifest, in order, as a ManifestLine or as its problems; a usable line's warnings
    follow it.

    Lines may end in `\\n` or `\\r\\n`; a byte order mark and blank lines at the end are ignored. Memory:
    one line, and eight bytes per `source-ref` to find duplicates. For files use `bounded_lines(file)`.
    """
    first_seen: dict[bytes, int] = {}
    blanks: list[int] = []
    for number, raw in enumerate(lines, start=1):
        if number == 1:
            raw = raw.removeprefix(_BOM)
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
        if not raw.strip():
            blanks.append(number)
            continue
        for blank in blanks:
            yield _problem(blank, "blank_line", _("The line is blank and was skipped."), warning=True)
        blanks.clear()
        result = read_line(number, raw)
        if isinstance(result, list):
            yield from (replace(problem, raw=raw) for problem in result)
            continue
        yield result
        key = hashlib.blake2b(result.source_ref.encode(), digest_size=8).digest()
        earlier = first_seen.setdefault(key, number)
        if earlier != number:
            message = _("The same source-ref stands in line %(earlier)s; both lines will be labeled. Remove one.") % {
                "earlier": earlier
            }
            yield _problem(number, "duplicate_source_ref", message, warning=True)


def read_line(number: int, raw: bytes) -> ManifestLine | list[ManifestProblem]:
    """One line without its line end: usable, or every reason why not."""
    if len(raw) > _MAX_LINE_BYTES:
        return [_too_long(number)]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = _("Byte %(start)s is not UTF-8. Save the manifest as UTF-8.") % {"start": error.start + 1}
        return [_problem(number, "bad_utf8", message)]
    if len(text) > MAX_LINE_CHARS:
        return [_too_long(number)]
    try:
        attributes = split_attributes(text)
    except DuplicateKeyError as error:
        return [_problem(number, "duplicate_key", _("In this line %(error)s. Keep one of them.") % {"error": error})]
    except NotJsonError as error:
        message = _("The line is not JSON: %(error)s. Write one JSON object a line.") % {"error": error}
        return [_problem(number, "broken_json", message)]
    if attributes is None:
        message = _('The line is not a JSON object. Write {"source-ref": "s3://bucket/image.jpg"}.')
        return [_problem(number, "not_an_object", message)]
    problems = [*_name_problems(number, attributes), *_length_problems(number, attributes)]
    source_ref = _source_ref(number, attributes, problems)
    return problems or ManifestLine(number, source_ref, text, attributes)


def _name_problems(number: int, attributes: Attributes) -> Iterator[ManifestProblem]:
    for name in attributes:
        if name.startswith("$") or not name:
            message = _("The attribute name '%(name)s' is empty or starts with '$'. Rename the attribute.") % {
                "name": name[:80]
            }
            yield _problem(number, "bad_attribute_name", message)


def _length_problems(number: int, attributes: Attributes) -> Iterator[ManifestProblem]:
    for name, value in attributes.items():
        # Colour maps of jobs with many classes are longer; our own output must stay a valid input.
        if len(value) > MAX_ATTRIBUTE_CHARS and not name.endswith("-metadata"):
            message = _(
                "The attribute '%(name)s' has %(count)s characters, more than %(most)s. Shorten it, "
                "or store it in a file and put the file's address here."
            ) % {"name": name[:80], "count": f"{len(value):,}", "most": f"{MAX_ATTRIBUTE_CHARS:,}"}
            yield _problem(number, "attribute_too_long", message)


def _source_ref(number: int, attributes: Attributes, problems: list[ManifestProblem]) -> str:
    text = attributes.get("source-ref")
    if text is None:
        message = _("The line has no 'source-ref'. Add the image's address, for instance s3://bucket/image.jpg.")
        if "source" in attributes:
            message = _("The line has 'source' (text), but segmentation needs 'source-ref', the image's address.")
        problems.append(_problem(number, "missing_source_ref", message))
        return ""
    value = json.loads(text) if text.startswith('"') else None
    if not isinstance(value, str) or not _is_address(value):
        message = _(
            "'source-ref' is not a usable address: %(found)s. Write a text of at most %(most)s characters such as "
            "s3://bucket/image.jpg."
        ) % {"found": text[:80], "most": f"{MAX_SOURCE_REF_CHARS:,}"}
        problems.append(_problem(number, "bad_source_ref", message))
        return ""
    return value


def _is_address(value: str) -> bool:
    # Control characters and lone surrogates can be written in JSON but not in storage keys or the database.
    printable = all(character >= " " and not "\ud800" <= character <= "\udfff" for character in value)
    return bool(value.strip()) and value == value.strip() and printable and len(value) <= MAX_SOURCE_REF_CHARS


def _too_long(number: int) -> ManifestProblem:
    message = _("The line is longer than %(most)s characters. Shorten it or split the manifest.") % {
        "most": f"{MAX_LINE_CHARS:,}"
    }
    return _problem(number, "line_too_long", message)


def _problem(number: int, code: ProblemCode, message: str, *, warning: bool = False) -> ManifestProblem:
    return ManifestProblem(number, code, message, "warning" if warning else "error")
