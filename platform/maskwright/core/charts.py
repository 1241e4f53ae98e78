"""Small charts as SVG: columns over time and bars by name. Colours come from classes, so they follow the theme.

A chart is one picture to a screen reader, named by its title; the figures stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 6, 14, 22
_ROW, _NAMES = 26, 190


@dataclass(frozen=True)
class Point:
    """`parts` are stacked from the axis up; None is no value, which is not nothing."""

    label: str
    parts: tuple[float | None, ...]

    @property
    def value(self) -> float:
        return sum(part or 0 for part in self.parts)


def columns(points: Sequence[Point], *, title: str, unit: str = "") -> SafeString:
    """One column for each point, in their order."""
    # Not less than one: halves of a minute or of an answer are no marks of an axis.
    top = _nice(max((point.value for point in points), default=0), least=1)
    inner_width, inner_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    step = inner_width / max(len(points), 1)
    drawn: list[tuple[str, ...]] = []
    for number, point in enumerate(points):
        bottom = float(_TOP + inner_height)
        for index, part in enumerate(point.parts):
            height = (part or 0) / top * inner_height
            bottom -= height
            left = _LEFT + number * step + step * 0.15
            said = f"{point.label}: {_say(part)}"
            drawn.append((f"mw-chart__part-{index}", _px(left), _px(bottom), _px(step * 0.7), _px(height), said))
    marks = format_html_join(
        "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', drawn
    )
    return _figure(_HEIGHT, title, format_html("{}{}{}", _scale(top, unit, inner_height), marks, _labels(points, step)))


def bars(points: Sequence[Point], *, title: str, most: float | None = None, percent: bool = False) -> SafeString:
    """One bar for each point, below each other, with its value at the end; `most` is the whole length."""
    whole = most if most is not None else _nice(max((point.value for point in points), default=0))
    length = _WIDTH - _NAMES - 70
    drawn = []
    for number, point in enumerate(points):
        y = number * _ROW
        width = min(point.value / whole, 1) * length if whole else 0
        has_value = any(part is not None for part in point.parts)
        said = "–" if not has_value else f"{point.value * 100:.0f} %" if percent else _say(point.value)
        name = point.label if len(point.label) <= 26 else point.label[:25] + "…"
        drawn.append(
            (point.label, _NAMES - 8, y + 17, name, _NAMES, y + 5, _px(width), _px(_NAMES + width + 6), y + 17, said)
        )
    marks = format_html_join(
        "",
        '<g><title>{}</title><text class="mw-chart__name" text-anchor="end" x="{}" y="{}">{}</text>'
        '<rect class="mw-chart__part-0" x="{}" y="{}" width="{}" height="16" rx="2"></rect>'
        '<text class="mw-chart__value" x="{}" y="{}">{}</text></g>',
        drawn,
    )
    return _figure(max(len(points), 1) * _ROW, title, marks)


def _figure(height: int, title: str, content: SafeString) -> SafeString:
    return format_html(
        '<svg class="mw-chart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>',
        _WIDTH,
        height,
        title,
        content,
    )


def _scale(top: float, unit: str, inner_height: float) -> SafeString:
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = _TOP + inner_height * (1 - share)
        lines.append((_LEFT, _WIDTH - _RIGHT, _px(y), _px(y), _LEFT - 6, _px(y + 4), f"{_say(top * share)}{unit}"))
    return format_html_join(
        "",
        '<line class="mw-chart__line" x1="{}" x2="{}" y1="{}" y2="{}"></line>'
        '<text class="mw-chart__axis" text-anchor="end" x="{}" y="{}">{}</text>',
        lines,
    )


def _labels(points: Sequence[Point], step: float) -> SafeString:
    """At most eight below the axis: more would overlap."""
    every = max(1, ceil(len(points) / 8))
    shown = [
        (_px(_LEFT + (number + 0.5) * step), _HEIGHT - 6, point.label)
        for number, point in enumerate(points)
        if number % every == 0
    ]
    return format_html_join("", '<text class="mw-chart__axis" text-anchor="middle" x="{}" y="{}">{}</text>', shown)


def _px(value: float) -> str:
    return f"{value:.1f}"


def _nice(value: float, *, least: float = 0) -> float:
    """The next 1, 2 or 5 with zeros, so that the axis reads well."""
    value = max(value, least)
    if value <= 0:
        return 1.0
    power: float = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if value <= step * power)


def _say(value: float | None) -> str:
    """Three digits at most: more cannot be read off a picture."""
    return "–" if value is None else f"{value:.0f}" if value >= 20 or value == int(value) else f"{value:.2g}"


def interval(value: float, low: float, high: float, *, title: str) -> SafeString:
    """A share with where the true one lies, on a line from 0 to 1; the words stand beside it."""
    return format_html(
        '<svg class="mw-interval" viewBox="0 0 100 12" role="img" aria-label="{}">'
        '<path class="mw-interval__line" d="M0 6h100"/><rect class="mw-interval__reach" x="{}" y="4" width="{}" '
        'height="4" rx="2"/><circle class="mw-interval__value" cx="{}" cy="6" r="4"/></svg>',
        f"{title}: {value * 100:.0f} % ({low * 100:.0f}–{high * 100:.0f})",
        _px(low * 100),
        _px((high - low) * 100),
        _px(value * 100),
    )
