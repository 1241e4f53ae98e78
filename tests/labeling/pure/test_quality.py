"""Scores, their uncertainty, when gold comes, and the rules."""

import random

import numpy as np
import pytest

from labeling.masks import MaskRaster
from labeling.quality import (
    BrokenRuleError,
    Evidence,
    Rule,
    error_overlay,
    fires,
    gold_is_due,
    mean_interval,
    score_mask,
    share_interval,
)
from labeling.quality.intervals import t_quantile
from labeling.quality.rules import SPAM
from labeling.quality.scores import CONFUSED, CORRECT, EXTRA, MISSED


def raster(rows: list[list[int]]) -> MaskRaster:
    return MaskRaster(np.array(rows, dtype=np.uint8))


def test_a_mask_is_scored_per_class_and_over_the_classes() -> None:
    truth = raster([[1, 1, 2, 2], [1, 1, 0, 0]])
    score = score_mask(raster([[1, 1, 2, 1], [0, 1, 3, 0]]), truth)
    assert score.classes == {1: (3, 5), 2: (1, 2), 3: (0, 1)}
    assert score.mean_iou == pytest.approx((3 / 5 + 1 / 2 + 0) / 3)
    assert score.accuracy == pytest.approx(5 / 8)
    assert {(one.truth, one.answer, one.pixels) for one in score.confusions} == {(2, 1, 1), (1, 0, 1), (0, 3, 1)}


def test_leaving_all_empty_is_worth_nothing_however_empty_the_photo_is() -> None:
    truth = np.zeros((100, 100), dtype=np.uint8)
    truth[:5, :5] = 4
    assert score_mask(MaskRaster.blank(100, 100), MaskRaster(truth)).mean_iou == 0
    assert score_mask(MaskRaster.blank(100, 100), MaskRaster.blank(100, 100)).mean_iou == 1


def test_the_overlay_says_missed_extra_and_confused() -> None:
    overlay = error_overlay(raster([[1, 0, 2, 2, 0]]), raster([[1, 1, 1, 0, 0]]))
    assert overlay.tolist() == [[CORRECT, MISSED, CONFUSED, EXTRA, CORRECT]]


@pytest.mark.parametrize(
    ("tails", "degrees", "value"),
    [(0.01, 6, 3.707), (0.05, 4, 2.776), (0.05, 13, 2.160), (0.01, 23, 2.807), (0.05, 3, 3.182), (0.001, 8, 5.041)],
)
def test_quantiles_of_t_are_those_of_the_tables(tails: float, degrees: int, value: float) -> None:
    assert t_quantile(tails, degrees) == pytest.approx(value, abs=0.005)


def test_the_interval_covers_what_it_promises_and_narrows() -> None:
    draw = random.Random(5)
    covered = 0
    for _ in range(2000):
        mean = draw.uniform(0.6, 0.9)
        scores = [min(max(draw.gauss(mean, 0.12), 0), 1) for _ in range(draw.choice([3, 5, 10]))]
        found = mean_interval(scores)
        covered += found.low <= mean <= found.high
    assert 0.93 <= covered / 2000 <= 0.995
    assert mean_interval([0.8] * 3).high - 0.8 > 0.1 > mean_interval([0.8] * 30).high - 0.8 > 0


def test_wilson_s_interval() -> None:
    found = share_interval(1, 10)
    assert [found.low, found.high] == pytest.approx([0.0179, 0.4042], abs=1e-3)


def _places(seed: str, tasks: int) -> list[int]:
    """Which tasks are gold, when each comes as late as it can: after the one in hand and the one fetched ahead."""
    at: list[int] = []
    since = 0
    for task in range(1, tasks + 1):
        since = 0 if task in at else since + 1
        if (not at or at[-1] <= task) and gold_is_due(seed, given=len(at), since=since, rate=0.1):
            at.append(task + 3)
    return at


def test_gold_comes_early_at_first_then_at_its_rate_and_never_at_a_fixed_place() -> None:
    places = [_places(f"job/{person}", 400) for person in range(200)]
    assert all(at[4] <= 25 for at in places), "five within the first 25 tasks"
    later = [len(at) - 6 for at in places]
    assert 0.08 <= sum(later) / (200 * 378) <= 0.12
    assert len({tuple(at) for at in places}) > 190
    assert not gold_is_due("x", given=0, since=999, rate=0)


# --- the default rule ----------------------------------------------------------------------------------------------


def _beta(draw: random.Random, mean: float, deviation: float) -> float:
    weight = mean * (1 - mean) / deviation**2 - 1
    return draw.betavariate(mean * weight, (1 - mean) * weight)


def _spammer(draw: random.Random, kind: int) -> float:
    """Nothing painted, one class over all, another photo's mask."""
    return 0.0 if kind == 0 else _beta(draw, 0.12, 0.1) if kind == 1 else _beta(draw, 0.25, 0.12)


def _caught_at(seed: str, tasks: int, iou: list[float]) -> int | None:
    """The task after which the default rule fires; gold is prepared as in a job with a rate of one tenth."""
    scores: list[float] = []
    for task, score in zip((at for at in _places(seed, tasks) if at <= tasks), iou, strict=False):
        scores.insert(0, score)
        if fires(SPAM, [Evidence(gold_iou=one) for one in scores]):
            return task
    return None


def test_spammers_are_found_within_25_tasks_and_careful_people_are_left_alone() -> None:
    draw = random.Random(20261125)
    late = []
    for person in range(600):
        scores = [_spammer(draw, person % 3) for _ in range(40)]
        if _caught_at(f"spam/{person}", 25, scores) is None:
            late.append(person % 3)
    assert late.count(0) == late.count(1) == 0, "who paints nothing, or one class over all, is always found"
    assert late.count(2) <= 6, f"{late.count(2)} of 200 who paint another photo's mask were not found within 25 tasks"
    alarms = 0
    for person in range(1500):
        mean, deviation = draw.uniform(0.65, 0.95), draw.uniform(0.05, 0.18)
        scores = [_beta(draw, mean, min(deviation, (1 - mean) * 0.9)) for _ in range(60)]
        alarms += _caught_at(f"good/{person}", 300, scores) is not None
    assert alarms / 1500 < 0.005, f"{alarms} of 1500 honest people stopped in 300 tasks each"


# --- rules ---------------------------------------------------------------------------------------------------------


def test_each_collector_reads_what_it_is_about() -> None:
    seen = [
        Evidence(active_seconds=2, gold_iou=0.4),
        Evidence(active_seconds=3),
        Evidence(declined=True),
        Evidence(active_seconds=60, agreement=0.9),
    ]
    fast = Rule("too_fast", "reaches", 2, "tell", collector_settings={"seconds": 5})
    assert (found := fires(fast, seen)) and found.value == 2
    assert not fires(Rule("too_fast", "reaches", 3, "tell", collector_settings={"seconds": 5}), seen)
    assert not fires(Rule("declines", "reaches", 1, "tell"), seen), "the newest was answered"
    assert fires(Rule("declines", "reaches", 1, "tell"), seen[2:])
    assert fires(Rule("gold_iou", "under", 0.7, "pause", at_least=1), seen)
    assert not fires(Rule("gold_iou", "under", 0.7, "pause", at_least=2), seen)
    assert not fires(Rule("agreement", "under", 0.7, "tell"), seen)
    assert not fires(Rule("gold_iou", "certainly_under", 0.7, "pause"), seen), "one photo is no certainty"


def test_a_rule_that_cannot_work_says_what_to_change() -> None:
    with pytest.raises(BrokenRuleError) as broken:
        Rule(
            "gold_iou",
            "reaches",
            7,
            "set_skill",
            collector_settings={"seconds": 3, "last": 0},
            action_settings={"level": 101},
        )
    assert set(broken.value.problems) == {
        "condition",
        "limit",
        "collector_settings.seconds",
        "collector_settings.last",
        "action_settings.skill",
        "action_settings.level",
    }
    with pytest.raises(BrokenRuleError) as unknown:
        Rule("mood", "under", 0.5, "tell")
    assert "gold_iou" in unknown.value.problems["collector"]
