"""The formats by name. A new format is a file in this folder and an entry here."""

from __future__ import annotations

from collections.abc import Iterable

from labeling.wording import gettext_noop as _

from .base import ExportFormat
from .coco import CocoFormat
from .colour_png import ColourPngFormat
from .indexed_png import IndexedPngFormat
from .manifest import ManifestFormat

_FORMATS: tuple[ExportFormat, ...] = (
    ManifestFormat(),
    IndexedPngFormat(),
    ColourPngFormat(),
    CocoFormat(),
    CocoFormat(
        name="coco-classes", title=_("COCO annotations (RLE, one annotation per class and image)"), per_part=False
    ),
)

EVERYTHING = ("manifest", "indexed-png", "colour-png", "coco")
"""What "download everything" holds."""


class UnknownFormatError(LookupError):
    """No format has this name; `str()` lists those that exist."""


def formats() -> tuple[ExportFormat, ...]:
    """All formats, in the order to offer them."""
    return _FORMATS


def get_formats(names: Iterable[str] = EVERYTHING) -> list[ExportFormat]:
    """The formats of these names. Raises UnknownFormatError."""
    known = {format_.name: format_ for format_ in _FORMATS}
    found = []
    for name in names:
        if name not in known:
            raise UnknownFormatError(
                _("There is no export format '%(name)s'. Choose among: %(known)s.")
                % {"name": name, "known": ", ".join(known)}
            )
        found.append(known[name])
    return found
