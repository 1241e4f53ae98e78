"""The demo's photos: they come from installed packages, the repository carries none.

scikit-image and scikit-learn ship these files inside their wheels. Nothing is downloaded, and neither
package is imported, because that would take seconds; only their folders are looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_SKIMAGE = ("skimage", "data")
_SKLEARN = ("sklearn", "datasets/images")


@dataclass(frozen=True)
class DemoPhoto:
    """`data` is the JPEG or PNG file as shipped; `credit` names author, source and licence for the README."""

    name: str
    filename: str
    data: bytes
    credit: str


@dataclass(frozen=True)
class _Source:
    name: str
    package: tuple[str, str]
    filename: str
    credit: str


_SOURCES = (
    _Source("astronaut", _SKIMAGE, "astronaut.png", "Eileen Collins, photograph by NASA; public domain"),
    _Source("chelsea", _SKIMAGE, "chelsea.png", "Chelsea the cat, photograph by Stéfan van der Walt; CC0"),
    _Source("coffee", _SKIMAGE, "coffee.png", "Coffee cup, photograph by Rachel Michetti; CC0"),
    _Source("rocket", _SKIMAGE, "rocket.jpg", "Falcon 9 with DSCOVR, photograph by SpaceX; public domain"),
    _Source(
        "motorcycle",
        _SKIMAGE,
        "motorcycle_left.png",
        "Motorcycle, Middlebury 2014 stereo dataset (Scharstein et al., GCPR 2014), as shipped by scikit-image",
    ),
    _Source(
        "china",
        _SKLEARN,
        "china.jpg",
        "Summer Palace, photograph by danielbuechele (flickr.com/photos/danielbuechele/6061409035); CC BY 2.0",
    ),
    _Source(
        "flower",
        _SKLEARN,
        "flower.jpg",
        "Dahlia, photograph by vultilion (flickr.com/photos/vultilion/6056698931); CC BY 2.0",
    ),
)


class DemoPhotoMissing(LookupError):
    """A photo that the installed packages do not hold; `str()` says what to do."""


def demo_photos() -> Iterator[DemoPhoto]:
    """The photos that the installed packages hold, always in the same order; photos that are not there are
    left out.
    """
    for source in _SOURCES:
        path = _path(source)
        if path is not None:
            yield DemoPhoto(source.name, source.filename, path.read_bytes(), source.credit)


def demo_photo(name: str) -> DemoPhoto:
    """One photo by name. Raises DemoPhotoMissing."""
    for photo in demo_photos():
        if photo.name == name:
            return photo
    known = ", ".join(source.name for source in _SOURCES)
    message = f"There is no photo '{name}' (known: {known}). Install scikit-image and scikit-learn."
    raise DemoPhotoMissing(message)


def _path(source: _Source) -> Path | None:
    package, folder = source.package
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / folder / source.filename
    return path if path.is_file() else None
