"""What a job's input says, line by line: a manifest, or the photos below a prefix.

A source can be read again from its start and skips what was already taken; it asks the database only when it is opened.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import BinaryIO, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.errors import InputChanged
from labeling.manifests import ManifestLine, ManifestProblem, bounded_lines, read_manifest
from labeling.services.intake.context import IntakeRun
from labeling.services.intake.counts import ALREADY_LABELED
from labeling.storage import Found, Location

MAX_SOURCE_REF = 1024
MAX_MANIFEST_BYTES = 4 << 30
#: Below a prefix these are taken; those that no mask can be made for are reported, everything else is no photo.
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif", ".jp2")
_SLICE = 1 << 20
_OTHERS_AT_ONCE = 200


@dataclass(frozen=True)
class InputLine:
    """A line of the input. `is_object` is False for a blank line; `cursor` is where reading goes on after it."""

    number: int  # 1-based
    cursor: str
    source_ref: str = ""
    text: str = ""
    code: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()
    is_object: bool = True
    #: Addresses of files that were left out since the line before, since they are no photos.
    left_out: tuple[str, ...] = ()


class Source(Protocol):
    def lines(self, *, taken: int, cursor: str) -> Iterator[InputLine]:
        """Every line after the first `taken` ones. Raises InputChanged when they are not those taken before."""


@dataclass
class ManifestSource:
    """A manifest, copied to a temporary file first: read twice, it must be the same (its cursor is its SHA-256)."""

    location: Location
    label_attribute: str
    run: IntakeRun
    sha256: str = field(default="", init=False)

    def lines(self, *, taken: int, cursor: str) -> Iterator[InputLine]:
        with tempfile.TemporaryFile() as copy:
            self.sha256 = self._copy(copy)
            if taken and cursor != self.sha256:
                raise InputChanged(_("The manifest changed while it was read. Check the job's photos again."))
            copy.seek(0)
            for number, found in groupby(read_manifest(bounded_lines(copy)), key=lambda item: item.number):
                line = self._line(number, list(found))
                if number > taken:
                    yield line

    def _copy(self, target: BinaryIO) -> str:
        digest, size = hashlib.sha256(), 0
        with self.location.open() as source:
            while data := source.read(_SLICE):
                size += len(data)
                if size > MAX_MANIFEST_BYTES:
                    raise InputChanged(
                        _("The manifest is larger than 4 GB. Split it into several jobs."), code="too_large"
                    )
                digest.update(data)
                target.write(data)
                self.run.beat()
        return digest.hexdigest()

    def _line(self, number: int, found: list[ManifestLine | ManifestProblem]) -> InputLine:
        problems = [item for item in found if isinstance(item, ManifestProblem)]
        warnings = tuple(problem.code for problem in problems if problem.severity == "warning")
        errors = [problem for problem in problems if problem.severity == "error"]
        usable = next((item for item in found if isinstance(item, ManifestLine)), None)
        if usable is None and not errors:
            return InputLine(number, self.sha256, warnings=warnings, is_object=False)
        if usable is None:
            message = " ".join(problem.message for problem in errors)
            return InputLine(number, self.sha256, "", _as_text(errors[0].raw), errors[0].code, message, warnings)
        code = message = ""
        if len(usable.source_ref) > MAX_SOURCE_REF:
            code, message = (
                "bad_source_ref",
                gettext_noop("The address has more than %(most)s characters. Use a shorter key.")
                % {"most": f"{MAX_SOURCE_REF:,}"},
            )
        elif usable.has(self.label_attribute):
            code, message = (
                ALREADY_LABELED,
                gettext_noop("The line has this label already; it passes to the output unchanged."),
            )
        ref = usable.source_ref[:MAX_SOURCE_REF]
        return InputLine(number, self.sha256, ref, usable.text, code, message, warnings)


@dataclass
class PrefixSource:
    """Photos below a prefix, in key order, but no results of jobs that lie below it. Its cursor is the last address.

    Other files are named in lines that are no objects, so that people can see what was left out.
    """

    found: Iterable[Found]
    leave_out: str

    def lines(self, *, taken: int, cursor: str) -> Iterator[InputLine]:
        number, others = taken, list[str]()
        for item in self.found:
            if item.uri.startswith(self.leave_out) or (cursor and item.uri <= cursor):
                continue
            if is_photo(item.uri):
                number += 1
                yield self._line(number, item)
                continue
            others.append(item.uri)
            if len(others) == _OTHERS_AT_ONCE:
                yield _others(number, others)
                others = []
        if others:
            yield _others(number, others)

    def _line(self, number: int, item: Found) -> InputLine:
        code = message = ""
        if len(item.uri) > MAX_SOURCE_REF:
            code, message = (
                "bad_source_ref",
                gettext_noop("The address has more than %(most)s characters. Use a shorter key.")
                % {"most": f"{MAX_SOURCE_REF:,}"},
            )
        text = json.dumps({"source-ref": item.uri}, ensure_ascii=False, separators=(",", ":"))
        return InputLine(number, item.uri, item.uri[:MAX_SOURCE_REF], text, code, message)


def _others(number: int, uris: list[str]) -> InputLine:
    """No line of its own: the number stays, the cursor goes on."""
    return InputLine(number, uris[-1], is_object=False, left_out=tuple(uris))


def is_photo(uri: str) -> bool:
    name = uri.rpartition("/")[2]
    return name.lower().endswith(PHOTO_ENDINGS) and not name.startswith(".")


def _as_text(raw: bytes) -> str:
    """Whatever stood there, as text that the database takes."""
    text = raw.decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r\n")
    return text.replace("\0", "\ufffd")
