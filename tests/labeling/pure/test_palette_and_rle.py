"""Colours people type, colours we choose, and COCO's run lengths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labeling.masks import (
    DEFAULT_COLORS,
    Palette,
    PaletteError,
    color_problems,
    compress_counts,
    decompress_counts,
    default_color,
    encode_rle,
    parse_color,
    rgb,
)


@pytest.mark.parametrize("text", ["#2CA02C", "2ca02c", " #2ca02c "])
def test_colours_are_read_as_people_write_them(text: str) -> None:
    assert parse_color(text) == "#2ca02c"


def test_short_colours_are_doubled() -> None:
    assert parse_color("#0f8") == "#00ff88"


@pytest.mark.parametrize("text", ["", "green", "#12", "#12345g", "#1234567", "##123456"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(PaletteError, match="#rrggbb"):
        parse_color(text)


def test_the_defaults_start_as_in_ground_truth() -> None:
    assert DEFAULT_COLORS[:5] == ("#2ca02c", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd")


def test_there_are_255_different_defaults_and_none_is_white() -> None:
    assert len(set(DEFAULT_COLORS)) == 255
    assert all(parse_color(color) == color for color in DEFAULT_COLORS)
    table = np.array([rgb(color) for color in DEFAULT_COLORS], dtype=int)
    distances = np.abs(table[:, None] - table[None, :]).sum(axis=2)
    np.fill_diagonal(distances, 999)
    assert distances.min() >= 20
    assert (765 - table.sum(axis=1)).min() >= 50


def test_a_taken_default_is_skipped() -> None:
    assert default_color(1) == "#2ca02c"
    assert default_color(1, taken=["#2CA02C"]) == "#1f77b4"
    assert default_color(255, taken=[DEFAULT_COLORS[254]]) == "#2ca02c"
    with pytest.raises(PaletteError):
        default_color(3, taken=DEFAULT_COLORS)


def test_all_colour_problems_are_named_at_once() -> None:
    problems = color_problems({1: "#fff", 2: "#123456", 3: "#123456", 4: "red", 300: "#000000"})
    assert [(index, code) for index, code, _ in problems] == [
        (1, "reserved_color"),
        (3, "duplicate_color"),
        (4, "bad_color"),
        (300, "bad_index"),
    ]


def test_index_0_stays_white() -> None:
    assert Palette({0: "#FFFFFF", 1: "#000"}).color(0) == "#ffffff"
    with pytest.raises(PaletteError, match="BACKGROUND"):
        Palette({0: "#000000"})


binaries = st.tuples(st.integers(1, 20), st.integers(1, 20)).flatmap(lambda shape: arrays(np.bool_, shape))


@given(binaries)
def test_run_lengths_give_the_mask_back(binary: np.ndarray) -> None:
    rle = encode_rle(binary)
    assert np.array_equal(rle.decode(), binary)
    assert rle.area == binary.sum()
    assert sum(rle.counts) == binary.size


@given(st.lists(st.integers(0, 10**8), min_size=1).map(tuple))
def test_compressed_counts_are_read_back(counts: tuple[int, ...]) -> None:
    assert decompress_counts(compress_counts(counts)) == counts


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (["000", "111"], "111000"),
        (["01100", "00000", "00010", "00100", "00010", "10000", "00100"], "511050L00000O08"),
        (["011", "001"], "2111"),
    ],
)
def test_compressed_counts_are_those_of_pycocotools(rows: list[str], text: str) -> None:
    """Expected texts were written by pycocotools 2.0."""
    binary = np.array([[digit == "1" for digit in row] for row in rows])
    assert encode_rle(binary).compressed() == {"size": list(binary.shape), "counts": text}


def test_long_runs_are_those_of_pycocotools() -> None:
    binary = np.zeros((300, 200), dtype=bool)
    binary[10:200, 30] = True
    binary[50:60, 100:190] = True
    binary[0, 199] = True
    assert encode_rle(binary).compressed()["counts"] == "bi8n5b[d0\\J`m[O" + "0" * 177 + "jb2G_]M"


@pytest.mark.parametrize("text", ["!", "o"])
def test_broken_counts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="COCO"):
        decompress_counts(text)
