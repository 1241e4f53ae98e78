"""A short day of few labelers, as `make simulate` runs a long one of many."""

import pytest

from benchmarks.simulation import figures
from benchmarks.simulation.prepare import make_day


@pytest.mark.timeout(240)
def test_an_hour_of_a_dozen_labelers(committed: None) -> None:
    day = make_day(labelers=12, hours=1, photos=70, minutes=3, seed=1)
    try:
        day.run()
        found = figures.read(day, day.queue_id)
    finally:
        day.clock.close()
    assert found.overlaps == found.twice == 0
    assert found.idle_with_work < 1
    assert found.submits > 100
    # How soon is for the long day to say: an hour is too short for all of them.
    assert any(after is not None and after <= 25 for after in found.spammers.values())
    assert found.false_alarms == []


@pytest.mark.timeout(120)
def test_too_few_photos_leave_people_idle_but_never_beside_work(committed: None) -> None:
    day = make_day(labelers=8, hours=0.5, photos=6, minutes=3, seed=2)
    try:
        day.run()
        found = figures.read(day, day.queue_id)
    finally:
        day.clock.close()
    assert found.idle_seconds > 600
    assert found.idle_with_work < 1
    assert found.overlaps == found.twice == 0
