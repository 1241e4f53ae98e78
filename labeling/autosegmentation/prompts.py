"""What a labeler shows the tool.

Four extreme points or a box, then clicks that correct. Positions are stored pixels, x right, y down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from labeling.wording import gettext_noop as _


class PromptError(ValueError):
    """A prompt that makes no sense; `code` is for programs, `str()` says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Box:
    """Pixels from (x0, y0) up to and without (x1, y1)."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    def grown(self, margin: int, width: int, height: int) -> Box:
        """With a margin on every side, cut at the edge of a `width` x `height` image."""
        return Box(
            max(0, self.x0 - margin),
            max(0, self.y0 - margin),
            min(width, self.x1 + margin),
            min(height, self.y1 + margin),
        )


Point: TypeAlias = tuple[int, int]

Correction: TypeAlias = tuple[int, int, bool]
"""(x, y, positive): belongs to the object, or does not."""


@dataclass(frozen=True)
class ExtremePoints:
    """The object's top-most, left-most, bottom-most and right-most pixel, each (x, y)."""

    top: Point
    left: Point
    bottom: Point
    right: Point
    clicks: tuple[Correction, ...] = ()

    @property
    def points(self) -> tuple[Point, Point, Point, Point]:
        return self.top, self.left, self.bottom, self.right

    @property
    def box(self) -> Box:
        xs, ys = zip(*self.points, strict=True)
        return Box(min(xs), min(ys), max(xs) + 1, max(ys) + 1)


@dataclass(frozen=True)
class BoxPrompt:
    """A box around the object."""

    box: Box
    clicks: tuple[Correction, ...] = ()


Prompt: TypeAlias = ExtremePoints | BoxPrompt

TOOL_EXTREME_POINTS = "extreme-points"
TOOL_BOX = "box"

MAX_CLICKS = 20
"""More than that is work for the brush."""


def parse_prompt(data: object, *, width: int, height: int) -> Prompt:
    """The prompt of an API request, checked against an image of `width` x `height`.

    `{"tool": "extreme-points", "points": [[x, y] x 4]}` in any order of the points, or
    `{"tool": "box", "box": [x0, y0, x1, y1]}`, either with `"clicks": [[x, y, positive], ...]` in the order they
    were made. Raises PromptError: `bad_prompt`, `outside`, `too_small`.
    """
    if not isinstance(data, Mapping):
        raise PromptError("bad_prompt", _("The prompt is not a JSON object."))
    tool = data.get("tool")
    if tool == TOOL_EXTREME_POINTS:
        prompt: Prompt = _extreme_points(data.get("points"))
    elif tool == TOOL_BOX:
        prompt = BoxPrompt(_box(data.get("box")))
    else:
        known = f"'{TOOL_EXTREME_POINTS}', '{TOOL_BOX}'"
        raise PromptError(
            "bad_prompt",
            _("There is no tool %(tool)s. Choose one of: %(known)s.") % {"tool": f"{tool!r}", "known": known},
        )
    prompt = replace(prompt, clicks=_clicks(data.get("clicks", [])))
    box = prompt.box
    inside = all(0 <= x < width and 0 <= y < height for x, y, _positive in prompt.clicks)
    if not inside or box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
        raise PromptError(
            "outside",
            _("The prompt reaches outside of the %(width)s x %(height)s image.") % {"width": width, "height": height},
        )
    if box.width < 3 or box.height < 3:
        raise PromptError("too_small", _("The object is smaller than 3 x 3 pixels. Use the brush for it."))
    return prompt


def prompt_json(prompt: Prompt) -> dict[str, object]:
    """The JSON that `parse_prompt` reads."""
    clicks = {"clicks": [list(click) for click in prompt.clicks]} if prompt.clicks else {}
    if isinstance(prompt, ExtremePoints):
        return {"tool": TOOL_EXTREME_POINTS, "points": [list(point) for point in prompt.points], **clicks}
    box = prompt.box
    return {"tool": TOOL_BOX, "box": [box.x0, box.y0, box.x1, box.y1], **clicks}


def _extreme_points(value: object) -> ExtremePoints:
    if not isinstance(value, list) or len(value) != 4:
        raise PromptError("bad_prompt", _("Four points are needed: top-most, left-most, bottom-most, right-most."))
    points = [_point(each) for each in value]
    # People click in any order; what a point is follows from where it lies.
    return ExtremePoints(
        top=min(points, key=lambda point: point[1]),
        left=min(points, key=lambda point: point[0]),
        bottom=max(points, key=lambda point: point[1]),
        right=max(points, key=lambda point: point[0]),
    )


def _point(value: object) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise PromptError("bad_prompt", _("A point is [x, y]."))
    return _integer(value[0]), _integer(value[1])


def _clicks(value: object) -> tuple[Correction, ...]:
    if not isinstance(value, list) or len(value) > MAX_CLICKS:
        raise PromptError(
            "bad_prompt", _("Clicks are a list of at most %(most)s. Use the brush for the rest.") % {"most": MAX_CLICKS}
        )
    clicks = []
    for each in value:
        if not isinstance(each, list) or len(each) != 3 or not isinstance(each[2], bool):
            raise PromptError("bad_prompt", _("A click is [x, y, true or false]."))
        clicks.append((_integer(each[0]), _integer(each[1]), each[2]))
    return tuple(clicks)


def _box(value: object) -> Box:
    if not isinstance(value, list) or len(value) != 4:
        raise PromptError("bad_prompt", _("A box is [x0, y0, x1, y1]."))
    x0, y0, x1, y1 = (_integer(each) for each in value)
    if x0 >= x1 or y0 >= y1:
        raise PromptError("bad_prompt", _("The box is empty: x0 < x1 and y0 < y1 are needed."))
    return Box(x0, y0, x1, y1)


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1 << 24:
        raise PromptError("bad_prompt", _("Positions are numbers of pixels."))
    return int(value // 1)
