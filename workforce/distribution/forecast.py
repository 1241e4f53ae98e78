"""When a queue is finished, from how fast its team really is.

Method: the accepted answers of the last `WINDOW_SECONDS`, since the first of them, are counted in buckets of
`BUCKET_SECONDS`. The mean of the buckets is the speed r; their standard deviation over the square root of their
number is its standard error e, so that pauses, shifts and people who come and go widen the interval. With n answers
missing the forecast is n / r, and its 90 % interval n / (r + 1.645 e) to n / (r - 1.645 e); a slow end that is not
positive means that no latest time can be given. It says what happens if people go on like this, not that they will.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

WINDOW_SECONDS = 4 * 3600
BUCKET_SECONDS = 600
MIN_BUCKETS, MIN_ANSWERS = 3, 10
_Z = 1.645  # two-sided 90 % of the normal distribution


@dataclass(frozen=True)
class Forecast:
    """Seconds from now. `latest` is None when the speed may as well be nothing."""

    expected: float
    earliest: float
    latest: float | None


def forecast(buckets: list[int], missing: int) -> Forecast | None:
    """`buckets`: answers in each whole bucket, the oldest first. None while too little is known, or none is missing."""
    if missing <= 0 or len(buckets) < MIN_BUCKETS or sum(buckets) < MIN_ANSWERS:
        return None
    speed = fmean(buckets) / BUCKET_SECONDS
    error = _Z * stdev(buckets) / sqrt(len(buckets)) / BUCKET_SECONDS
    slow = speed - error
    return Forecast(missing / speed, missing / (speed + error), missing / slow if slow > 0 else None)
