"""Check a tree: the manifest line by line with each mask, then every other file, then what must fit together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labeling.manifests import ManifestLine, ManifestProblem, bounded_lines, read_manifest, verify_output
from labeling.masks import max_mask_bytes, read_png_header

from .answers import (
    MAX_PIXELS,
    consolidation_items,
    request_problems,
    response_content,
    worker_response_problems,
)
from .findings import Finding, Severity
from .notes import Notes, digest
from .records import SEGMENTATION, Label, labels_of, metadata_problems
from .tree import (
    CONSOLIDATION,
    MANIFEST,
    MASK,
    MASKS,
    OTHERS,
    REQUESTS,
    RESPONSES,
    WORKER_RESPONSE,
    WORKER_RESPONSES,
    Tree,
    key_of,
    on_disk,
)

MAX_JSON = 256 << 20
_HEADER = 33
#: Index and colours are right all the same; or an input line that could not be used, which is handed through.
_MILD = {
    "attribute_too_long",
    "bad_attribute_name",
    "bad_source_ref",
    "blank_line",
    "duplicate_source_ref",
    "missing_source_ref",
    "short_palette",
    "worker_color_without_label",
}


@dataclass
class Summary:
    """How much was looked at."""

    lines: int = 0
    labels: int = 0
    masks: int = 0
    files: int = 0
    errors: int = 0
    warnings: int = 0


def check_tree(tree: Tree, summary: Summary | None = None) -> Iterator[Finding]:
    """Everything that is wrong, as it is found; `summary` counts along. Raises what the tree raises when it cannot be
    read."""
    counted = summary or Summary()
    with Notes() as notes:
        for finding in _Check(tree, notes, counted).findings():
            if finding.severity == "error":
                counted.errors += 1
            else:
                counted.warnings += 1
            yield finding


class _Check:
    def __init__(self, tree: Tree, notes: Notes, summary: Summary) -> None:
        self.tree, self.notes, self.summary = tree, notes, summary

    def findings(self) -> Iterator[Finding]:
        if self.tree.size(MANIFEST) is None:
            sentence = "There is none. Name the folder of one job: <output path>/<job name>/."
            yield Finding(MANIFEST, 0, "no_manifest", sentence)
            return
        yield from self._manifest()
        for key in self.tree.files():
            self.summary.files += 1
            yield from self._file(key)
        for line in self.notes.never_answered():
            sentence = f"People labeled the object, but no worker response of object {line - 1} lies there."
            yield Finding(MANIFEST, line, "no_worker_response", sentence, "warning")

    def _manifest(self) -> Iterator[Finding]:
        with self.tree.open(MANIFEST) as file:
            for entry in read_manifest(bounded_lines(file)):
                if isinstance(entry, ManifestProblem):
                    self.summary.lines = max(self.summary.lines, entry.number)
                    yield Finding(MANIFEST, entry.number, entry.code, entry.message, _severity(entry.code))
                    continue
                self.summary.lines = entry.number
                for label in labels_of(entry):
                    yield from self._label(entry, label)

    def _label(self, line: ManifestLine, label: Label) -> Iterator[Finding]:
        key = key_of(label.value, self.tree.name) if isinstance(label.value, str) else None
        if key is None and not label.is_of(self.tree.name):
            return  # of an earlier job: its own tree is checked by itself
        self.summary.labels += 1
        for code, sentence in metadata_problems(label):
            yield Finding(MANIFEST, line.number, code, sentence)
        if label.is_by_people:
            self.notes.labeled(line.number)
        if label.kind == SEGMENTATION and isinstance(label.value, str):
            yield from self._mask(line, label, key)

    def _mask(self, line: ManifestLine, label: Label, key: str | None) -> Iterator[Finding]:
        def found(code: str, message: str, severity: Severity = "error") -> Finding:
            return Finding(MANIFEST, line.number, code, f"{key or label.value}: {message}", severity)

        if key is None:
            yield found("mask_elsewhere", f"The mask lies outside of {self.tree.name}/{MASKS}.")
            return
        named = MASK.fullmatch(key.removeprefix(MASKS))
        if named is None:
            yield found("bad_mask_name", "The name is not <object index>_<time with microseconds>.png.")
        elif int(named[1]) != line.index:
            yield found("mask_of_other_object", f"The name says object {named[1]}, the line is object {line.index}.")
        earlier = self.notes.mask(on_disk(key), line.number, label.metadata)
        if earlier:
            yield found("mask_named_twice", f"Line {earlier} names the same mask.")
        data = self._mask_bytes(key)
        if isinstance(data, tuple):
            yield found(*data)
            return
        self.summary.masks += 1
        for problem in verify_output(data, line.text, label.attribute):
            yield found(problem.code, problem.message, _severity(problem.code))

    def _mask_bytes(self, key: str) -> bytes | tuple[str, str]:
        """The file, of which the header says how long it can be; or what is wrong with it."""
        if self.tree.size(key) is None:
            key = on_disk(key)
        size = self.tree.size(key)
        if size is None:
            return "mask_missing", "The mask is not there."
        with self.tree.open(key) as file:
            head = file.read(_HEADER)
            header = read_png_header(head)
            if header is None:
                return "not_png", "The mask is not a complete PNG file."
            if header.width * header.height > MAX_PIXELS:
                return "too_many_pixels", f"The mask has more than {MAX_PIXELS:,} pixels."
            if size > max_mask_bytes(header.width, header.height):
                return "too_large", "The file is longer than a mask of its size can be."
            return head + file.read()

    def _file(self, key: str) -> Iterator[Finding]:
        if key == MANIFEST or key.startswith(OTHERS):
            return
        if key.startswith(MASKS):
            if self.notes.find_mask(on_disk(key)) is None:
                yield Finding(key, 0, "mask_without_record", "No line of the output manifest names it.", "warning")
        elif key.startswith(WORKER_RESPONSES):
            yield from self._worker_response(key)
        elif key.startswith(REQUESTS):
            yield from self._consolidation(key, REQUESTS)
        elif key.startswith(RESPONSES):
            yield from self._consolidation(key, RESPONSES)
        else:
            yield Finding(key, 0, "unknown_file", "No file of that name belongs to the output.", "warning")

    def _worker_response(self, key: str) -> Iterator[Finding]:
        named = WORKER_RESPONSE.fullmatch(key.removeprefix(WORKER_RESPONSES))
        if named is None:
            yield Finding(key, 0, "bad_name", "The name is not iteration-<n>/<object index>/<time>.json.")
        else:
            self.notes.answered(int(named[1]) + 1)
            yield from self._beyond(key, named[1])
        content = self._json(key)
        if isinstance(content, Finding):
            yield content
            return
        for code, message in worker_response_problems(content):
            yield Finding(key, 1, code, message, _severity(code))

    def _consolidation(self, key: str, folder: str) -> Iterator[Finding]:
        if not CONSOLIDATION.fullmatch(key.removeprefix(folder)):
            yield Finding(key, 0, "bad_name", "The name is not iteration-<n>/<time>.json.")
        content = self._json(key)
        if isinstance(content, Finding):
            yield content
            return
        for item in consolidation_items(content):
            identity, value = item
            if isinstance(value, str):
                yield Finding(key, 1, identity, value)
                continue
            yield from self._beyond(key, identity)
            if folder == REQUESTS:
                for code, message in request_problems(value):
                    yield Finding(key, 1, code, f"Object {identity}: {message}")
            else:
                yield from self._response(key, identity, response_content(value))

    def _response(self, key: str, identity: str, content: Any) -> Iterator[Finding]:
        """What it says of a mask that the manifest names is what the manifest says."""
        if content is None:
            yield Finding(key, 1, "bad_consolidation", f"Object {identity}: there is no consolidated content.")
            return
        for name, value in content.items():
            mask = key_of(value, self.tree.name) if isinstance(value, str) else None
            noted = self.notes.find_mask(on_disk(mask)) if mask else None
            if noted is not None and noted[1] != digest(content.get(f"{name}-metadata")):
                sentence = f"Object {identity}: its metadata differ from line {noted[0]} of the output manifest."
                yield Finding(key, 1, "response_differs", sentence)

    def _beyond(self, key: str, identity: str) -> Iterator[Finding]:
        if int(identity) >= self.summary.lines:
            sentence = f"It speaks of object {identity}; the output manifest has {self.summary.lines} lines."
            yield Finding(key, 0, "object_beyond_manifest", sentence)

    def _json(self, key: str) -> Any:
        """The content, or the finding that there is none."""
        size = self.tree.size(key)
        if size is not None and size > MAX_JSON:
            sentence = f"The file is longer than {MAX_JSON >> 20} MB and was not looked at."
            return Finding(key, 0, "too_large", sentence, "warning")
        with self.tree.open(key) as file:
            data = file.read(MAX_JSON + 1)
        try:
            return json.loads(data)
        except json.JSONDecodeError as error:
            return Finding(key, error.lineno, "broken_json", f"It is no JSON: {error.msg}.")
        except (UnicodeDecodeError, RecursionError):
            return Finding(key, 1, "broken_json", "It is no JSON.")


def _severity(code: str) -> Severity:
    return "warning" if code in _MILD else "error"
