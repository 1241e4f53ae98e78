"""The ledger's arithmetic, without a database: what was worked and prices in, amounts to the cent out."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce.ledger import (
    CAP,
    HOUR,
    OBJECT,
    Entry,
    Line,
    Price,
    Rate,
    RateBook,
    Work,
    charge,
    collect,
    in_units,
    minor_units,
    not_yet_issued,
    total,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
QUEUE, GRANT = uuid.uuid4(), uuid.uuid4()
WORKERS = [uuid.uuid4() for _ in range(3)]


def _entry(claim: uuid.UUID, kind: str, quantity: str | int, *, is_rework: bool = False, worker: int = 0) -> Entry:
    at = START + timedelta(seconds=claim.int % 1000)
    return Entry(claim, QUEUE, WORKERS[worker], GRANT, "label", kind, Decimal(quantity), is_rework, at)


def _work(objects: int = 0, seconds: str = "0", at: datetime = START, worker: int = 0) -> Work:
    return Work(uuid.uuid4(), QUEUE, WORKERS[worker], GRANT, "label", at, Decimal(seconds), Decimal(objects))


@pytest.mark.parametrize(
    ("amount", "currency", "units", "written"),
    [
        ("12.345", "EUR", 1235, "12.35"),
        ("-12.345", "EUR", -1235, "-12.35"),
        ("12.344", "EUR", 1234, "12.34"),
        ("99.5", "JPY", 100, "100"),
        ("0.0005", "KWD", 1, "0.001"),
    ],
)
def test_halves_go_away_from_zero_in_the_currencys_own_unit(
    amount: str, currency: str, units: int, written: str
) -> None:
    assert minor_units(Decimal(amount), currency) == units
    assert str(in_units(units, currency)) == written


def test_an_answer_that_came_back_and_was_done_again_is_paid_once_and_its_rework_is_free() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    entries = [
        _entry(first, "time", "100.5"),
        _entry(first, "object", 1),
        _entry(first, "object", -1),
        _entry(second, "time", 40, is_rework=True),
        _entry(second, "object", 1, is_rework=True),
    ]
    works = collect(entries)
    assert sum(work.objects for work in works) == 1
    assert sum(work.seconds for work in works) == Decimal("100.5")


def test_hours_are_charged_by_the_second_and_rounded_once() -> None:
    works = [_work(seconds="1200.001"), _work(seconds="1200.001"), _work(seconds="1199.998")]
    (line,) = charge(works, lambda _: Price(HOUR, Decimal("17.5"), "EUR"))
    assert (line.quantity, line.amount) == (Decimal("3600.000"), 1750)


def test_what_goes_beyond_a_purchase_cap_is_taken_off_in_a_line_of_its_own() -> None:
    price = Price(OBJECT, Decimal("0.30"), "EUR")
    lines = charge([_work(objects=5), _work(objects=2, worker=1)], lambda _: price, {GRANT: Decimal("2.00")})
    assert [(line.key.unit, line.amount) for line in lines] == [(OBJECT, 150), (OBJECT, 60), (CAP, -10)]
    assert total(charge([_work(objects=5)], lambda _: price, {GRANT: Decimal("2.00")})) == 150


def test_the_narrowest_rate_that_was_valid_when_the_work_was_taken_holds() -> None:
    person, other = uuid.uuid4(), uuid.uuid4()
    later = START + timedelta(days=2)
    cent = {n: Price(OBJECT, Decimal(n) / 100, "EUR") for n in range(1, 6)}
    book = RateBook(
        [
            Rate(None, None, "label", START, cent[1]),
            Rate(QUEUE, None, "label", START, cent[2]),
            Rate(None, person, "label", START, cent[3]),
            Rate(None, person, "label", later, None),
            Rate(QUEUE, other, "label", later, cent[5]),
        ]
    )
    assert book.price_of(_work(at=START), person) == cent[3]
    assert book.price_of(_work(at=later), person) is None  # nothing is paid, which is a rate as well
    assert book.price_of(_work(at=START), other) == cent[2]
    assert book.price_of(_work(at=later), other) == cent[5]
    assert book.price_of(_work(at=START - timedelta(seconds=1)), other) is None


@dataclass
class _Story:
    """Random work with a naive bookkeeper beside it, who pays each claim by hand in exact fractions."""

    entries: list[Entry] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    statements: list[list[Line]] = field(default_factory=list)
    now: datetime = START

    def lines(self) -> list[Line]:
        book = RateBook(self.rates)
        return charge(collect(self.entries), lambda work: book.price_of(work, work.worker_id))

    def issue(self) -> None:
        issued = [line for statement in self.statements for line in statement]
        self.statements.append(not_yet_issued(self.lines(), issued))

    def exact(self) -> Fraction:
        """By hand: each entry times the price of its claim's moment."""
        owed = Fraction(0)
        for entry in self.entries:
            valid = [rate for rate in self.rates if rate.valid_from <= entry.taken_at]
            price = valid[-1].price if valid else None
            if price is None or (price.unit == OBJECT) != (entry.kind == "object"):
                continue
            if entry.kind == "object":
                owed += Fraction(entry.quantity) * Fraction(price.amount)
            elif not entry.is_rework:
                owed += Fraction(entry.quantity) * Fraction(price.amount) / 3600
        return owed


_MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("work"), st.integers(0, 2), st.integers(1, 4_000_000), st.booleans()),
        st.tuples(st.just("back"), st.integers(0, 50)),
        st.tuples(st.just("price"), st.sampled_from([OBJECT, HOUR]), st.integers(0, 99_999)),
        st.tuples(st.just("issue")),
    ),
    max_size=40,
)


@given(_MOVES)
@settings(max_examples=150, deadline=None)
def test_statements_always_come_to_what_replaying_the_log_gives(moves: list[tuple[object, ...]]) -> None:
    story = _Story()
    frozen: list[tuple[int, ...]] = []
    for move in moves:
        story.now += timedelta(minutes=1)
        match move:
            case ("work", int(worker), int(thousandths), bool(is_rework)):
                claim = uuid.uuid4()
                common = (claim, QUEUE, WORKERS[worker], None, "label")
                seconds = Decimal(thousandths) / 1000
                story.entries.append(Entry(*common, "time", seconds, is_rework, story.now))
                story.entries.append(Entry(*common, "object", Decimal(1), is_rework, story.now))
            case ("back", int(number)):
                counting = [entry for entry in story.entries if entry.kind == "object" and entry.quantity > 0]
                returned = {entry.claim_id for entry in story.entries if entry.quantity < 0}
                left = [entry for entry in counting if entry.claim_id not in returned]
                if left:
                    old = left[number % len(left)]
                    story.entries.append(
                        Entry(
                            old.claim_id,
                            QUEUE,
                            old.worker_id,
                            None,
                            "label",
                            "object",
                            Decimal(-1),
                            old.is_rework,
                            old.taken_at,
                        )
                    )
            case ("price", str(unit), int(amount)):
                story.rates.append(Rate(None, None, "label", story.now, Price(unit, Decimal(amount) / 10_000, "EUR")))
            case _:
                story.issue()
                frozen.append(tuple(line.amount for line in story.statements[-1]))
    story.issue()
    stated = sum(total(lines) for lines in story.statements)
    assert stated == total(story.lines())
    # One rounding for each line, of at most half a cent, is all that lies between it and the exact sum.
    assert abs(stated - story.exact() * 100) <= Fraction(len(story.lines()), 2)
    # The same events in another order give the same.
    story.entries.reverse()
    assert total(story.lines()) == stated
    assert [tuple(line.amount for line in lines) for lines in story.statements[: len(frozen)]] == frozen
