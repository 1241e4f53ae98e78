"""Resident memory, as the operating system counts it, of what must not grow with a job: its manifest and its zip."""

import subprocess
import sys

import pytest

_MANIFEST = """
import resource
from labeling.manifests import read_manifest

def lines(count):
    for number in range(count):
        yield b'{"source-ref": "s3://bucket/some/longer/folder/%09d.jpg", "meta": {"camera": %d}}\\n' % (number, number)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

assert sum(1 for _ in read_manifest(lines(100))) == 100
before = peak()
count = COUNT
assert sum(1 for _ in read_manifest(lines(count))) == count
print(peak() - before)
"""
_ZIP = """
import resource
from datetime import UTC, datetime
import numpy as np
from labeling.exports import ExportItem, ExportJob, get_formats, mask_path, stream_zip
from labeling.manifests import LabelClass
from labeling.masks import MaskRaster, Palette, encode_mask

job = ExportJob("street-1", {1: LabelClass("road", "#2ca02c")}, datetime(2026, 11, 24, tzinfo=UTC))
noise = np.random.default_rng(1).integers(0, 2, (8, 8), dtype=np.uint8)
png = encode_mask(MaskRaster(np.kron(noise, np.ones((128, 128), dtype=np.uint8))), job.palette())

def items(count):
    for index in range(count):
        source = f"s3://bucket/{index}.jpg"
        line = b'{"source-ref": "%s"}' % source.encode() + b" " * 5_000
        yield ExportItem(index, source, 1024, 1024, line, line, lambda: png)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def run(count):
    return sum(len(piece) for piece in stream_zip(items(count), job, get_formats()))

run(5)
before = peak()
run(COUNT)
print(peak() - before)
"""


def _grown(program: str, count: int) -> int:
    """Bytes by which the process grew; a process of its own, since a peak never goes back."""
    code = program.replace("COUNT", str(count))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.parametrize("count", [20_000, pytest.param(200_000, marks=pytest.mark.soak)])
def test_a_long_manifest_is_read_in_little_memory(count: int) -> None:
    """Eight bytes of each source-ref are kept to find doubles, which a dict makes about 150 of."""
    assert _grown(_MANIFEST, count) < 4_000_000 + 200 * count


@pytest.mark.parametrize("count", [40, pytest.param(400, marks=pytest.mark.soak)])
def test_a_zip_is_written_one_mask_at_a_time(count: int) -> None:
    assert _grown(_ZIP, count) < 16_000_000, "forty masks alone have 40 MB"
