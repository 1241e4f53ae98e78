"""What the three labelers of the story paint, and what must come out, worked out by hand.

Photos of 160 x 120 pixels; the rule is the one of labeling/consolidation/README.md.
"""

from dataclasses import dataclass

import numpy as np

from tests.end_to_end.client import Pixels

WIDTH, HEIGHT = 160, 120
CAT, CUP, VASE = 1, 2, 3
NAMES = {CAT: "cat", CUP: "cup", VASE: "vase"}
COLORS = {CAT: "#2ca02c", CUP: "#1f77b4", VASE: "#ff7f0e"}


@dataclass(frozen=True)
class Box:
    """Columns `left` to `right` - 1, rows `top` to `bottom` - 1."""

    category: int
    left: int
    top: int
    right: int
    bottom: int

    def of(self, category: int) -> "Box":
        return Box(category, self.left, self.top, self.right, self.bottom)


def painted(*boxes: Box) -> Pixels:
    """Later boxes over earlier ones."""
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for box in boxes:
        pixels[box.top : box.bottom, box.left : box.right] = box.category
    return pixels


@dataclass(frozen=True)
class Expected:
    """`agreement`: mean over the three pairs of intersection over union, for each class that somebody used."""

    mask: Pixels
    confidence: float
    disputed_share: float
    agreement: dict[int, float]


# The first photo. A: two against one. B: a three-way tie. C: two against one, painted by the second and the third.
A = Box(CAT, 10, 10, 50, 60)  # 40 x 50 = 2000 pixels
B = Box(CAT, 90, 20, 130, 80)  # 40 x 60 = 2400 pixels
C = Box(VASE, 10, 80, 30, 110)  # 20 x 30 = 600 pixels

FIRST = (
    (A, B),
    (A, B.of(CUP), C),
    (A.of(CUP), B.of(VASE), C),
)
# A is cat and C is vase by two votes. In B step 2 decides nothing: each of its classes has all of B once and no other
# votes within two pixels of it. Step 3: outside of B the first labeler misses C's winner (16800 - 600 = 16200 pixels),
# the second holds it everywhere (16800), the third misses A (14800). So B goes to the second labeler's class. No pixel
# is isolated, so step 4 changes nothing.
FIRST_RESULT = Expected(
    mask=painted(A, B.of(CUP), C),
    # A and C: 2 of 3 agree with the result, B: 1 of 3, the other 14200 pixels: 3 of 3.
    confidence=(2 * 2600 + 1 * 2400 + 3 * 14200) / (3 * 19200),
    disputed_share=5000 / 19200,
    agreement={
        # Unlabeled: 14800, 14200 and 14200 pixels; the last two are the same ones, inside of the first.
        0: (14200 / 14800 + 14200 / 14800 + 1) / 3,
        CAT: (2000 / 4400 + 0 + 0) / 3,
        CUP: 0.0,
        VASE: (0 + 0 + 600 / 3000) / 3,
    },
)

# The second photo: all three the same, by brush and fill, a corner taken away with the eraser.
SECOND_OUTLINE = Box(CUP, 20, 20, 61, 51)  # 41 x 31
SECOND_ERASED = Box(0, 20, 20, 23, 23)  # what an eraser of 3 pixels takes at the corner, see `erased`


def second() -> Pixels:
    """The box without its upper left corner of 3 x 3 pixels."""
    return painted(SECOND_OUTLINE, SECOND_ERASED)


SECOND_RESULT = Expected(mask=second(), confidence=1.0, disputed_share=0.0, agreement={0: 1.0, CUP: 1.0})

# The third photo: two paint a vase, the third says that there is nothing to label.
D = Box(VASE, 40, 30, 100, 90)  # 60 x 60 = 3600 pixels
THIRD_RESULT = Expected(
    mask=painted(D),
    confidence=(2 * 3600 + 3 * 15600) / (3 * 19200),
    disputed_share=3600 / 19200,
    agreement={0: (1 + 15600 / 19200 + 15600 / 19200) / 3, VASE: (1 + 0 + 0) / 3},
)

RESULTS = (FIRST_RESULT, SECOND_RESULT, THIRD_RESULT)


def answers(photo: int) -> tuple[Pixels | None, ...]:
    """The three labelers' masks of a photo (0, 1, 2); None: "nothing to label here"."""
    match photo:
        case 0:
            return tuple(painted(*boxes) for boxes in FIRST)
        case 1:
            return (second(), second(), second())
        case _:
            return (painted(D), painted(D), None)
