"""Verdicts: README's worked example, ties, spammers outweighed, order and repetition without influence."""

import random

import pytest

from labeling.consolidation.verdicts import EM, MOST_VOTES, consolidate_verdicts

TWO_TO_ONE = [("w1", 0), ("w2", 0), ("w3", 1)]


def test_the_readmes_example() -> None:
    alone = consolidate_verdicts(EM, TWO_TO_ONE, [], 2)
    assert (alone.label, round(alone.confidence, 2), alone.rule) == (0, 0.83, "expectation-maximization/1")
    votes = consolidate_verdicts(MOST_VOTES, TWO_TO_ONE, [], 2)
    assert (votes.label, round(votes.confidence, 2), votes.rule) == (0, 0.67, "majority/1")
    known = consolidate_verdicts(EM, TWO_TO_ONE, [TWO_TO_ONE] * 10, 2)
    assert (known.label, round(known.confidence, 2)) == (0, 0.99)


@pytest.mark.parametrize("rule", [EM, MOST_VOTES])
def test_one_answer_is_compared_with_nothing(rule: str) -> None:
    assert consolidate_verdicts(rule, [("w1", 1)], [], 3).confidence == 0.0
    assert consolidate_verdicts(rule, [("w1", 1)], [], 3).label == 1


@pytest.mark.parametrize("rule", [EM, MOST_VOTES])
def test_a_tie_goes_to_the_last_label(rule: str) -> None:
    assert consolidate_verdicts(rule, [("w1", 0), ("w2", 1)], [], 2).label == 1
    assert consolidate_verdicts(rule, [("w1", 0), ("w2", 1)], [], 2).confidence == pytest.approx(0.5)


def test_people_who_guess_do_not_outvote_people_who_know() -> None:
    dice = random.Random(7)
    truths = [dice.randrange(2) for _ in range(100)]
    others = [
        [("sure", truth), ("good", truth if dice.random() < 0.95 else 1 - truth)]
        + [(f"guesses{number}", dice.randrange(2)) for number in range(3)]
        for truth in truths
    ]
    asked = [("sure", 1), ("good", 1), ("guesses0", 0), ("guesses1", 0), ("guesses2", 0)]
    assert consolidate_verdicts(MOST_VOTES, asked, others, 2).label == 0
    found = consolidate_verdicts(EM, asked, others, 2)
    assert (found.label, found.confidence > 0.95) == (1, True)


def test_neither_order_nor_repetition_matters() -> None:
    others = [[("w1", 0), ("w2", 1)], [("w3", 2), ("w1", 2)], [("w2", 0)]]
    first = consolidate_verdicts(EM, TWO_TO_ONE, others, 3)
    again = consolidate_verdicts(EM, TWO_TO_ONE[::-1], others[::-1], 3)
    assert first.label == again.label
    assert first.confidence == pytest.approx(again.confidence, abs=1e-9)
    assert consolidate_verdicts(EM, TWO_TO_ONE, others, 3) == first


@pytest.mark.parametrize("verdicts", [[], [("w1", 2)], [("w1", -1)]])
def test_what_is_no_verdict(verdicts: list[tuple[str, int]]) -> None:
    with pytest.raises(ValueError):
        consolidate_verdicts(EM, verdicts, [], 2)
