"""How sure a score is that was measured a few times.

Means of IoUs get a moderated t interval: the sample's variance is shrunk towards a usual one, as Smyth (2004, "Linear
models and empirical Bayes methods for assessing differential expression", SAGMB 3:3) does it for small samples. Three
equal scores are then not taken for certainty, and twenty speak for themselves. Shares of counts get the score interval
of Wilson (1927, "Probable inference, the law of succession, and statistical inference", JASA 22:209).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

#: The usual standard deviation of a careful person's IoU from photo to photo, and how many photos that knowledge is
#: worth. Set from the spread of simulated labelers on photos of unequal difficulty (0.10 to 0.20).
USUAL_DEVIATION = 0.15
USUAL_WEIGHT = 4


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float


def mean_interval(scores: Sequence[float], confidence: float = 0.95) -> Interval:
    """Mean of scores between 0 and 1, with the interval in which the mean of many more would lie."""
    if not scores:
        raise ValueError("mean_interval() needs at least one score")
    count, mean = len(scores), fmean(scores)
    spread = sum((score - mean) ** 2 for score in scores)
    degrees = USUAL_WEIGHT + count - 1
    variance = (USUAL_WEIGHT * USUAL_DEVIATION**2 + spread) / degrees
    reach = t_quantile(1 - confidence, degrees) * math.sqrt(variance / count)
    return Interval(mean, max(mean - reach, 0.0), min(mean + reach, 1.0))


def share_interval(hits: int, count: int, confidence: float = 0.95) -> Interval:
    """A share of counts."""
    if not 0 <= hits <= count or not count:
        raise ValueError("share_interval() needs 0 <= hits <= count and something counted")
    z, share = NormalDist().inv_cdf(0.5 + confidence / 2), hits / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return Interval(share, max(centre - reach, 0.0), min(centre + reach, 1.0))


def t_quantile(tails: float, degrees: int) -> float:
    """Where both tails of Student's t hold `tails`; Hill (1970), Algorithm 396, Comm. ACM 13:619."""
    if degrees < 3:
        raise ValueError("t_quantile() is for three degrees of freedom or more")
    n = float(degrees)
    a = 1 / (n - 0.5)
    b = 48 / (a * a)
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * n
    y = (d * tails) ** (2 / n)
    if y > 0.05 + a:
        x = NormalDist().inv_cdf(tails / 2)
        y = x * x
        if degrees < 5:
            c += 0.3 * (n - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = math.expm1(a * y * y)
    else:
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * (n + 1) / (
            n + 2
        ) + 1 / y
    return math.sqrt(n * y)
