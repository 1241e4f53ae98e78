"""Where the mouse goes, as shares of the view."""

import math

Path = list[tuple[float, float]]


def wave(points: int) -> Path:
    """From left to right and back, up and down: a stroke that covers much of the picture."""
    return [
        (0.5 + 0.25 * math.sin(2 * math.pi * at / points), 0.5 + 0.35 * math.sin(10 * math.pi * at / points))
        for at in range(points)
    ]


def circle(points: int) -> Path:
    return [
        (0.5 + 0.25 * math.cos(2 * math.pi * at / points), 0.5 + 0.4 * math.sin(2 * math.pi * at / points))
        for at in range(points)
    ]


def line(height: float) -> Path:
    return [(0.35 + at * 0.03, 0.1 + 0.8 * height) for at in range(10)]
