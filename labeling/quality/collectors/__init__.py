"""What is measured of a person. A collector reads his assignments, newest first."""

from __future__ import annotations

from .agreement import Agreement
from .base import Collector
from .declines import DeclinesInARow
from .gold import GoldIou
from .speed import TooFastInARow

COLLECTORS: dict[str, Collector] = {
    one.name: one for one in (GoldIou(), TooFastInARow(), DeclinesInARow(), Agreement())
}

__all__ = ["COLLECTORS", "Collector"]
