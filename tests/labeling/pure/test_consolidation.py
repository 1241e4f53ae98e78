"""Consolidation.

Worked examples by hand, a slow reference that follows the README word by word, properties.
"""

from __future__ import annotations

import io
from collections import Counter
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from labeling.consolidation import (
    Answer,
    Consolidated,
    ConsolidationError,
    UnknownRuleError,
    disagreement_png,
    get_rule,
    rule_names,
)
from labeling.consolidation.majority import Majority
from labeling.consolidation.votes import supporters
from labeling.consolidation.windows import look_up_votes, slide_votes
from labeling.masks import MaskRaster

CLASSES = range(256)


def answers(*masks: np.ndarray) -> list[Answer]:
    return [Answer(f"w{number}", MaskRaster(mask)) for number, mask in enumerate(masks, start=1)]


def majority(*masks: np.ndarray, band_rows: int | None = None) -> Consolidated:
    return Majority(band_rows=band_rows).consolidate(answers(*masks), CLASSES)


def picture(text: str) -> np.ndarray:
    return np.array([[int(digit) for digit in row] for row in text.split()], dtype=np.uint8)


def reference(masks: list[np.ndarray]) -> np.ndarray:
    """The rule as the README states it, pixel by pixel."""
    height, width = masks[0].shape
    votes = {(y, x): [int(mask[y, x]) for mask in masks] for y in range(height) for x in range(width)}
    leaders: dict[tuple[int, int], list[int]] = {}
    for pixel, given_ in votes.items():
        counts = Counter(given_)
        leaders[pixel] = [label for label, count in counts.items() if count == max(counts.values())]
    standing = [
        sum(votes[pixel][who] == leaders[pixel][0] for pixel in votes if len(leaders[pixel]) == 1)
        for who in range(len(masks))
    ]

    def last_resort(pixel: tuple[int, int], label: int) -> tuple[int, int]:
        best = max(standing[who] for who, vote in enumerate(votes[pixel]) if vote == label)
        return best, -label if label else -1000

    result = np.zeros((height, width), dtype=np.uint8)
    for (y, x), tied in leaders.items():
        window = [
            vote
            for ny in range(max(0, y - 2), min(height, y + 3))
            for nx in range(max(0, x - 2), min(width, x + 3))
            for vote in votes[ny, nx]
        ]
        result[y, x] = max(tied, key=lambda label: (window.count(label), *last_resort((y, x), label)))
    smooth = result.copy()
    for (y, x), given_ in votes.items():
        around = [
            int(result[ny, nx])
            for ny in range(max(0, y - 1), min(height, y + 2))
            for nx in range(max(0, x - 1), min(width, x + 2))
            if (ny, nx) != (y, x)
        ]
        near = [label for label in set(given_) if label in around]
        if len(set(given_)) > 1 and int(result[y, x]) not in around and near:
            smooth[y, x] = max(
                near,
                key=lambda label: (around.count(label), given_.count(label), *last_resort((y, x), label)),
            )
    return smooth


@st.composite
def several_masks(draw: st.DrawFn) -> list[np.ndarray]:
    shape = (draw(st.integers(1, 9)), draw(st.integers(1, 9)))
    voters = draw(st.integers(1, 5))
    top_class = draw(st.sampled_from([1, 2, 4, 255]))
    first = draw(arrays(np.uint8, shape, elements=st.integers(0, top_class)))
    masks = [first]
    for _ in range(voters - 1):
        other = draw(arrays(np.uint8, shape, elements=st.integers(0, top_class)))
        # Mostly agreement, as between people: only a part of the pixels is drawn anew.
        keep = draw(arrays(np.bool_, shape))
        masks.append(np.where(keep, first, other).astype(np.uint8))
    return masks


@settings(max_examples=300, deadline=None)
@given(several_masks())
def test_it_follows_the_rule_as_written(masks: list[np.ndarray]) -> None:
    assert np.array_equal(majority(*masks).raster.indices, reference(masks))


@settings(max_examples=60, deadline=None)
@given(several_masks())
def test_the_order_of_the_answers_does_not_matter(masks: list[np.ndarray]) -> None:
    plain = majority(*masks)
    for order in list(permutations(masks))[:8]:
        other = majority(*order)
        assert other.raster == plain.raster
        assert other.confidence == plain.confidence
        assert np.array_equal(other.disagreement, plain.disagreement)
        assert other.class_agreement == pytest.approx(plain.class_agreement)


@settings(max_examples=60, deadline=None)
@given(several_masks(), st.integers(1, 4))
def test_the_size_of_the_bands_does_not_matter(masks: list[np.ndarray], rows: int) -> None:
    whole, banded = majority(*masks), majority(*masks, band_rows=rows)
    assert banded.raster == whole.raster
    assert banded.confidence == whole.confidence
    assert banded.class_agreement == whole.class_agreement
    assert np.array_equal(banded.disagreement, whole.disagreement)


@settings(max_examples=60, deadline=None)
@given(several_masks())
def test_figures_are_those_of_their_definitions(masks: list[np.ndarray]) -> None:
    result = majority(*masks)
    stack = np.stack(masks)
    winner = result.raster.indices
    assert (stack == winner).any(axis=0).all()
    against = (stack != winner).sum(axis=0)
    assert np.array_equal(result.disagreement, np.rint(against * 255 / len(masks)).astype(np.uint8))
    disputed = (stack != stack[0]).any(axis=0)
    assert result.disputed_share == pytest.approx(disputed.mean())
    if len(masks) == 1:
        assert (result.confidence, result.class_agreement) == (0.0, {})
        return
    assert result.confidence == pytest.approx((stack == winner).mean())
    for label in np.unique(stack):
        pairs = [(a == label, b == label) for a, b in combinations(masks, 2)]
        overlaps = [(a & b).sum() / (a | b).sum() for a, b in pairs if (a | b).any()]
        assert result.class_agreement[int(label)] == pytest.approx(np.mean(overlaps))
    assert set(result.class_agreement) == {int(label) for label in np.unique(stack)}


@given(arrays(np.uint8, (7, 6)), st.integers(2, 4))
def test_unanimity_is_kept(mask: np.ndarray, voters: int) -> None:
    result = majority(*[mask.copy() for _ in range(voters)])
    assert np.array_equal(result.raster.indices, mask)
    assert (result.confidence, result.disputed_share) == (1.0, 0.0)
    assert not result.disagreement.any()


@settings(deadline=None)
@given(several_masks())
def test_both_ways_to_count_windows_agree(masks: list[np.ndarray]) -> None:
    pixels = np.arange(masks[0].size)
    votes = np.stack([mask.reshape(-1) for mask in masks])
    leading = supporters(votes) == supporters(votes).max(axis=0)
    one_by_one = look_up_votes(masks, pixels, votes)
    sliding = slide_votes(masks, pixels, votes, leading)
    assert np.array_equal(np.where(leading, one_by_one, 0), sliding)


def test_many_pixels_are_counted_by_sliding_and_give_the_same() -> None:
    """Large enough for `window_votes` to choose the sliding sums, and for several bands."""
    rng = np.random.default_rng(4)
    coarse = [np.kron(rng.integers(0, 3, (12, 20)), np.ones((5, 5))).astype(np.uint8) for _ in range(2)]
    assert np.array_equal(majority(*coarse, band_rows=16).raster.indices, reference(coarse))


def worked_example() -> list[np.ndarray]:
    """The README's image of 12 x 6."""
    masks = [np.zeros((6, 12), dtype=np.uint8) for _ in range(3)]
    for who, left, right in ((0, 1, 1), (1, 1, 2), (2, 2, 3)):
        masks[who][:, 0:4] = left
        masks[who][:, 8:12] = right
    return masks


def test_two_against_one_and_a_three_way_tie_by_hand() -> None:
    result = majority(*worked_example())
    assert np.array_equal(result.raster.indices, picture("111100001111 " * 6))
    assert result.confidence == pytest.approx((48 + 72 + 24) / (72 * 3))
    assert result.disputed_share == pytest.approx(48 / 72)
    assert np.array_equal(result.disagreement[0], [85] * 4 + [0] * 4 + [170] * 4)


def test_the_better_labeler_wins_a_tie() -> None:
    """One pixel in the undisputed part takes w1's standing below w2's."""
    masks = worked_example()
    masks[0][0, 5] = 7
    assert np.array_equal(majority(*masks).raster.indices, picture("111100002222 " * 6))


def test_the_surroundings_decide_a_tie_before_standing_does() -> None:
    """The tied column touches class 2, which both paint: there 2 has more votes in the window than 0."""
    one = picture("1111222222 " * 6)
    two = picture("1111022222 " * 6)
    assert np.array_equal(majority(one, two).raster.indices, one)


def test_a_corner_painted_by_two_of_three_is_kept() -> None:
    mask = np.zeros((8, 8), dtype=np.uint8)
    mask[2:5, 2:5] = 1
    result = majority(mask, mask.copy(), np.zeros_like(mask))
    assert np.array_equal(result.raster.indices, mask)


def test_an_isolated_disputed_pixel_is_smoothed_away() -> None:
    speck = np.zeros((5, 5), dtype=np.uint8)
    speck[2, 2] = 1
    result = majority(speck, speck.copy(), np.zeros_like(speck))
    assert not result.raster.indices.any()
    assert result.disagreement[2, 2] == 170


def test_an_isolated_unanimous_pixel_is_kept() -> None:
    speck = np.zeros((5, 5), dtype=np.uint8)
    speck[2, 2] = 1
    assert np.array_equal(majority(speck, speck.copy(), speck.copy()).raster.indices, speck)


def test_background_votes_like_a_class() -> None:
    painted = np.ones((3, 3), dtype=np.uint8)
    empty = MaskRaster.blank(3, 3).indices
    assert not majority(painted, empty, empty.copy()).raster.indices.any()


def test_background_loses_a_tie_that_nothing_else_decides() -> None:
    assert majority(np.ones((3, 3), dtype=np.uint8), np.zeros((3, 3), dtype=np.uint8)).raster.indices.all()


def test_answers_in_files_are_read_in_place(tmp_path: Path) -> None:
    masks = worked_example()
    mapped = []
    for number, mask in enumerate(masks):
        path = tmp_path / f"{number}.raw"
        mask.tofile(path)
        mapped.append(np.memmap(path, dtype=np.uint8, mode="r", shape=mask.shape))
    assert majority(*mapped).raster == majority(*masks).raster


def test_one_answer_is_the_result_without_confidence() -> None:
    mask = picture("0120 3450")
    for name in rule_names():
        result = get_rule(name).consolidate(answers(mask), range(6))
        assert np.array_equal(result.raster.indices, mask)
        assert (result.confidence, result.class_agreement, result.disputed_share) == (0.0, {}, 0.0)
        result.raster.indices[0, 0] = 9
        assert mask[0, 0] == 0


@pytest.mark.parametrize(
    ("name", "given_", "code"),
    [
        ("majority", [], "no_answers"),
        ("majority", answers(np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8)), "size_differs"),
        ("majority", [*answers(np.zeros((2, 3), np.uint8))] * 2, "same_worker"),
        ("majority", answers(*[np.zeros((1, 1), np.uint8)] * 65), "too_many_answers"),
        ("majority", answers(np.full((2, 2), 9, np.uint8), np.zeros((2, 2), np.uint8)), "unknown_class"),
        ("majority", answers(np.full((2, 2), 9, np.uint8), np.full((2, 2), 9, np.uint8)), "unknown_class"),
        ("single", answers(np.full((2, 2), 9, np.uint8)), "unknown_class"),
        ("single", answers(np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8)), "several_answers"),
    ],
)
def test_answers_that_do_not_fit_are_refused(name: str, given_: list[Answer], code: str) -> None:
    with pytest.raises(ConsolidationError) as caught:
        get_rule(name).consolidate(given_, [1, 2])
    assert caught.value.code == code


def test_an_unknown_rule_says_which_exist() -> None:
    with pytest.raises(UnknownRuleError, match="majority, single"):
        get_rule("staple")


def test_the_disagreement_map_becomes_an_overlay() -> None:
    png = disagreement_png(np.array([[0, 85, 255]], dtype=np.uint8))
    with Image.open(io.BytesIO(png)) as image:
        pixels = np.asarray(image.convert("RGBA"))
    assert pixels.tolist() == [[[214, 39, 40, 0], [214, 39, 40, 85], [214, 39, 40, 255]]]
