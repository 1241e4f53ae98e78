"""The tree of files, and what its keys say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Protocol

MANIFEST = "manifests/output/output.manifest"
MASKS = "annotations/consolidated-annotation/output/"
WORKER_RESPONSES = "annotations/worker-response/"
REQUESTS = "annotations/consolidated-annotation/consolidation-request/"
RESPONSES = "annotations/consolidated-annotation/consolidation-response/"
#: What else Ground Truth puts there; its contents are nobody's promise.
OTHERS = ("annotations/intermediate/", "activelearning/", "inference/", "training/")

# A file system that refuses `:` has `_` in its place.
MASK = re.compile(r"(\d+)_\d{4}-\d\d-\d\dT\d\d[:_]\d\d[:_]\d\d\.\d{6}\.png")
WORKER_RESPONSE = re.compile(r"iteration-\d+/(\d+)/\d{4}-\d\d-\d\d_\d\d[:_]\d\d[:_]\d\d(?:\.\d+)?\.json")
CONSOLIDATION = re.compile(r"iteration-\d+/\d{4}-\d\d-\d\d_\d\d[:_]\d\d[:_]\d\d(?:\.\d+)?\.json")


class Tree(Protocol):
    """The files below a job's folder, `<output path>/<job name>/`. Keys are relative to it."""

    @property
    def name(self) -> str:
        """The folder's own name, which is the job's."""

    def files(self) -> Iterator[str]:
        """The keys of all of them, streamed, in any order."""

    def size(self, key: str) -> int | None:
        """Bytes; None where there is no such file."""

    def open(self, key: str) -> BinaryIO: ...


def key_of(uri: str, job_name: str) -> str | None:
    """The key of a mask that lies in this tree, wherever the tree was copied to; None for one of another job's."""
    _, found, tail = uri.rpartition(f"/{job_name}/{MASKS}")
    return MASKS + tail if found and "/" not in tail else None


def on_disk(key: str) -> str:
    """The key as a file system without `:` has it."""
    return key.replace(":", "_")
