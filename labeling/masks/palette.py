"""Class colours: parsing, defaults, and the palette that index, PNG and colour map share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from labeling.wording import gettext_noop as _

from .errors import PaletteError
from .raster import BACKGROUND, Indices

WHITE = "#ffffff"
MAX_CLASSES = 255
"""An 8-bit index has 256 values and 0 is BACKGROUND."""

_HEX = re.compile(r"#[0-9a-f]{6}")

# The first ten are Ground Truth's defaults in its order. The rest were picked one by one, each as far as
# possible in CIELAB from white, black and all before it: any first n of the list are easy to tell apart.
_DEFAULT_COLORS = """
    #2ca02c #1f77b4 #ff7f0e #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #ff9896
    #0000ff #ff18ff #00ff00 #00f0d8 #304800 #0060ff #ff0078 #780048 #c0f0a8 #60d8ff #7800a8 #00ff90 #a87818
    #a8f000 #007860 #c0c0ff #ffd890 #ff30c0 #003090 #781800 #483060 #d878ff #ffc000 #4890ff #789030 #a818ff
    #004860 #90c0a8 #c04860 #ff0000 #a89060 #48d830 #1800c0 #a81890 #d8a8c0 #0090a8 #48d890 #c06030 #484830
    #90f078 #ffa860 #601878 #604800 #187830 #f0c0a8 #607848 #6060d8 #a8c0d8 #30c0c0 #9078a8 #78a800 #ffd860
    #c000c0 #784860 #9048f0 #ffc0ff #c0c060 #c03078 #48a878 #ff7860 #ff6090 #00a8ff #004890 #d80048 #d8d8a8
    #d89000 #d84800 #3030c0 #9048c0 #004830 #ff60ff #a890ff #60a8d8 #c0f060 #78c060 #90f0f0 #483030 #781830
    #f0d800 #a86090 #186060 #00ff60 #90f0c0 #603018 #a81830 #606078 #d87890 #6030ff #f00090 #7890d8 #d890f0
    #a8a890 #c07860 #a89000 #d8a848 #906030 #c0d800 #f060d8 #00f0ff #f0d8ff #481890 #78ff30 #a83000 #ff0030
    #00ffc0 #609078 #604890 #903078 #ff00d8 #307800 #00c060 #0078ff #787830 #3060c0 #a800d8 #a80048 #ff90c0
    #d87818 #0048ff #7890a8 #a87890 #90a878 #004878 #d8c0c0 #d848a8 #186030 #60c030 #d84848 #904800 #c09090
    #c060c0 #c0a8ff #78a860 #d890c0 #90f048 #00c0ff #90a8a8 #907860 #d848ff #18a860 #a878ff #7800d8 #483048
    #c0d8d8 #787800 #60a8a8 #ff90ff #ffa8c0 #f0a878 #00c0a8 #c0d860 #d80000 #7878d8 #304848 #786060 #78d8c0
    #a8f090 #c0a860 #904830 #ff4830 #004800 #d86090 #c048d8 #d800ff #606090 #4800a8 #784878 #00a800 #ff6000
    #90c0ff #ff9060 #00d860 #a8d8a8 #ffa800 #a8c078 #903030 #60ff78 #d8a800 #c060ff #306000 #60f090 #ff4860
    #6048a8 #90c048 #0030a8 #48a890 #a8a830 #601860 #009090 #484818 #78c0d8 #a81818 #c06060 #c078c0 #303078
    #00c090 #7860f0 #7890c0 #601848 #c09048 #18c0d8 #ff0060 #d80060 #c09078 #ffc0c0 #486048 #783048 #c0a8d8
    #d830c0 #ff0048 #483018 #789000 #f060a8 #ffc048 #903090 #c07830 #90d890 #c07878 #a818a8 #f0d878 #ff78d8
    #ff7878 #487890 #487830 #786000 #48f0c0 #ffc078 #18f030 #c0d8c0 #a8d8ff #ff7890 #c04830 #c06048 #a81878
    #781890 #a86078 #a83060 #78c000 #4830d8 #d81878 #603030 #a89030 #90d848 #ffa8ff #784800
"""
DEFAULT_COLORS: tuple[str, ...] = tuple(_DEFAULT_COLORS.split())


def parse_color(text: str) -> str:
    """The colour as lower-case `#rrggbb`; accepts `#RGB`, upper case, a missing `#`. Raises PaletteError."""
    value = text.strip().lower().removeprefix("#")
    if len(value) == 3:
        value = "".join(digit * 2 for digit in value)
    color = f"#{value}"
    if not _HEX.fullmatch(color):
        raise PaletteError(_("'%(text)s' is not a colour. Write it as #rrggbb, for instance #2ca02c.") % {"text": text})
    return color


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green, blue, 0 to 255, of anything `parse_color` accepts."""
    value = parse_color(color)
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def default_color(index: int, taken: Iterable[str] = ()) -> str:
    """A colour for class `index` (1 to 255): its own default, or the first one that is not in `taken`."""
    used = {parse_color(color) for color in taken}
    start = (index - 1) % MAX_CLASSES
    order = DEFAULT_COLORS[start:] + DEFAULT_COLORS[:start]
    for color in order:
        if color not in used:
            return color
    raise PaletteError(_("All default colours are taken. Choose a colour by hand."))


def color_problems(colors: Mapping[int, str]) -> list[tuple[int, str, str]]:
    """What is wrong with a label set's colours, all at once: (index, code, sentence).

    Codes: `bad_index`, `bad_color`, `reserved_color` (white is BACKGROUND's), `duplicate_color`. Readers of
    the masks find classes by exact colour, so two classes may not share one.
    """
    problems: list[tuple[int, str, str]] = []
    seen: dict[str, int] = {}
    for index, text in sorted(colors.items()):
        if not 1 <= index <= MAX_CLASSES:
            problems.append(
                (
                    index,
                    "bad_index",
                    _("Index %(index)s is not between 1 and %(most)s.") % {"index": index, "most": MAX_CLASSES},
                )
            )
        try:
            color = parse_color(text)
        except PaletteError as error:
            problems.append((index, "bad_color", str(error)))
            continue
        if color == WHITE:
            problems.append((index, "reserved_color", _("White is the colour of BACKGROUND. Choose another.")))
        elif color in seen:
            sentence = _("Classes %(seen)s and %(index)s both have %(color)s. Give each class its own colour.") % {
                "seen": seen[color],
                "index": index,
                "color": color,
            }
            problems.append((index, "duplicate_color", sentence))
        seen.setdefault(color, index)
    return problems


@dataclass(frozen=True)
class Palette:
    """The colours of class indices 1 to 255, as `#rrggbb`; index 0 is white and so is every unused entry."""

    colors: Mapping[int, str]

    def __post_init__(self) -> None:
        parsed = {index: parse_color(color) for index, color in sorted(self.colors.items()) if index != BACKGROUND}
        outside = [index for index in parsed if not 1 <= index <= MAX_CLASSES]
        if outside:
            raise PaletteError(
                _("Class indices go from 1 to %(most)s; %(outside)s does not.")
                % {"most": MAX_CLASSES, "outside": outside[0]}
            )
        if parse_color(self.colors.get(BACKGROUND, WHITE)) != WHITE:
            raise PaletteError(_("Index 0 is BACKGROUND and always white."))
        object.__setattr__(self, "colors", parsed)

    @classmethod
    def defaults(cls, count: int) -> Palette:
        """Default colours for indices 1 to `count`."""
        return cls({index: DEFAULT_COLORS[index - 1] for index in range(1, count + 1)})

    def color(self, index: int) -> str:
        """`#rrggbb` of an index; white for BACKGROUND and for entries without a class."""
        return self.colors.get(index, WHITE)

    def require(self, indices: Iterable[int]) -> None:
        """Raises PaletteError unless every index is BACKGROUND or has a colour here."""
        missing = [index for index in indices if index != BACKGROUND and index not in self.colors]
        if missing:
            listed = ", ".join(map(str, missing[:20]))
            raise PaletteError(
                _("The mask uses indices without a class: %(listed)s. Add the classes or correct it.")
                % {"listed": listed}
            )

    def plte(self) -> bytes:
        """768 bytes for PNG's PLTE chunk: always 256 entries, as a short palette shrinks the bit depth."""
        return b"".join(bytes(rgb(self.color(index))) for index in range(256))

    def rgb_table(self) -> Indices:
        """Lookup table, shape (256, 3), uint8."""
        return np.frombuffer(self.plte(), dtype=np.uint8).reshape(256, 3)
