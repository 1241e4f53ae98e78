"""Auto-segmentation: GrabCut finds drawn objects, and the process around it answers, refuses and recovers."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.autosegmentation import (
    Box,
    ExtremePoints,
    PromptError,
    load_backend,
    parse_prompt,
    prompt_json,
)
from labeling.autosegmentation.base import Pixels, bounds
from labeling.autosegmentation.cache import ByteCache
from labeling.autosegmentation.grabcut import GrabCut
from labeling.autosegmentation.registry import UnknownBackendError
from tests.factories.drawn_objects import extremes, overlap, scene, two_spots

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("scale", [1, 6])
def test_four_extreme_points_give_the_object_at_any_size(scale: int) -> None:
    image, truth = scene(scale)
    started = time.perf_counter()
    result = GrabCut().predict(image, extreme_points=extremes(truth).points)
    assert time.perf_counter() - started < 5
    assert overlap(result, truth) > 0.95
    assert result.mask.shape == truth.shape
    assert 0.9 < result.score <= 1


def test_a_box_is_a_prompt_too() -> None:
    image, truth = scene()
    box = extremes(truth).box
    assert overlap(GrabCut().predict(image, box=(box.x0, box.y0, box.x1 - 1, box.y1 - 1)), truth) > 0.9


def test_a_click_alone_is_a_prompt() -> None:
    image, truth = scene()
    assert overlap(GrabCut().predict(image, points=[(105, 75, True)]), truth) > 0.6


def test_clicks_correct_what_was_found_and_nothing_far_from_them() -> None:
    image, red, blue = two_spots()
    backend = load_backend("grabcut")
    embedding = backend.encode(image)
    first = backend.predict(embedding, extreme_points=extremes(red).points)
    assert overlap(first, red) > 0.95
    more = backend.predict(embedding, points=[(110, 60, True)], previous=first.state)
    assert more.mask[60, 110]
    assert overlap(more, red | blue) > 0.9
    # Telling all points again is the same as telling the new one.
    again = backend.predict(embedding, points=[(110, 60, True), (110, 61, False)], previous=more.state)
    alone = backend.predict(embedding, points=[(110, 61, False)], previous=more.state)
    assert np.array_equal(again.mask, alone.mask)
    assert not alone.mask[61, 110]
    assert np.array_equal(alone.mask[:, :80], more.mask[:, :80])


def test_any_mask_can_be_refined() -> None:
    image, red, _ = two_spots()
    rough = np.zeros_like(red)
    rough[34:86, 24:66] = True
    backend = load_backend("grabcut")
    assert overlap(backend.predict(image, previous=rough), red) > 0.75
    corrected = backend.predict(image, previous=rough, points=[(22, 32, True)])
    assert corrected.mask[32, 22]
    assert (corrected.mask >= rough).all()


@pytest.mark.parametrize(
    "prompts",
    [
        {},
        {"extreme_points": [(1, 1)] * 3},
        {"box": [1, 2, 3]},
        {"points": [(float("nan"), 1, True)]},
        {"previous": np.zeros((3, 3), dtype=np.bool_)},
    ],
)
def test_senseless_prompts_are_refused_by_the_interface(prompts: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        load_backend("grabcut").predict(scene()[0], **prompts)


def test_the_same_click_gives_the_same_mask_in_every_thread() -> None:
    image, truth = scene()
    points = extremes(truth).points
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: GrabCut().predict(image, extreme_points=points).mask.tobytes(), range(8)))
    assert len(set(results)) == 1


def test_a_prompt_that_fills_the_image_or_is_flat_is_answered() -> None:
    image, _ = scene()
    assert GrabCut().predict(image, box=(0, 0, 199, 149)).mask.shape == (150, 200)
    grey = np.full((60, 60, 3), 90, dtype=np.uint8)
    flat = GrabCut().predict(grey, extreme_points=[(5, 5), (5, 6), (40, 7), (50, 6)])
    box = bounds(flat.mask)
    assert box is None or (box.x0 >= 5 and box.y0 >= 5 and box.x1 <= 51 and box.y1 <= 8)


def test_points_are_sorted_by_where_they_lie() -> None:
    data = {"tool": "extreme-points", "points": [[50, 30], [20, 5], [10.7, 20], [25, 60]]}
    prompt = parse_prompt(data, width=100, height=100)
    assert prompt == ExtremePoints(top=(20, 5), left=(10, 20), bottom=(25, 60), right=(50, 30))
    assert prompt.box == Box(10, 5, 51, 61)
    assert parse_prompt(prompt_json(prompt), width=100, height=100) == prompt
    clicked = replace(prompt, clicks=((3, 4, True), (5, 6, False)))
    assert parse_prompt(prompt_json(clicked), width=100, height=100) == clicked


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "bad_prompt"),
        ({}, "bad_prompt"),
        ({"tool": "magic"}, "bad_prompt"),
        ({"tool": "extreme-points"}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, 2]] * 3}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, 2, 3]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, "2"]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, float("nan")]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, True]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, 1], [5, 5], [9, 9], [100, 5]]}, "outside"),
        ({"tool": "extreme-points", "points": [[1, -1], [5, 5], [9, 9], [50, 5]]}, "outside"),
        ({"tool": "extreme-points", "points": [[5, 5]] * 4}, "too_small"),
        ({"tool": "box", "box": [5, 5, 5, 50]}, "bad_prompt"),
        ({"tool": "box", "box": [5, 5, 101, 50]}, "outside"),
        ({"tool": "box", "box": [5, 5, 50, 50], "clicks": [[100, 5, True]]}, "outside"),
        ({"tool": "box", "box": [5, 5, 50, 50], "clicks": [[10, 5, 1]]}, "bad_prompt"),
        ({"tool": "box", "box": [5, 5, 50, 50], "clicks": [[10, 5]]}, "bad_prompt"),
        ({"tool": "box", "box": [5, 5, 50, 50], "clicks": [[10, 5, True]] * 21}, "bad_prompt"),
    ],
)
def test_senseless_prompts_say_why(data: object, code: str) -> None:
    with pytest.raises(PromptError) as caught:
        parse_prompt(data, width=100, height=100)
    assert caught.value.code == code


def test_an_unknown_backend_says_which_exist() -> None:
    with pytest.raises(UnknownBackendError, match="grabcut"):
        load_backend("sam")


def test_the_cache_forgets_what_was_not_used() -> None:
    image = np.zeros((10, 10, 3), dtype=np.uint8)
    cache: ByteCache[Pixels] = ByteCache(max_bytes=2 * image.nbytes)
    for name in ("a", "b"):
        cache.put(name, image)
    assert cache.get("a") is image
    cache.put("c", image)
    assert cache.get("b") is None
    assert cache.get("a") is image
    huge = np.zeros((100, 100, 3), dtype=np.uint8)
    cache.put("huge", huge)
    assert cache.get("huge") is huge
    assert cache.get("a") is None
