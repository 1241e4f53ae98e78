"""The demo's photos are there and usable, and the truth masks fit them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from labeling.autosegmentation.grabcut import GrabCut
from labeling.demo_photos import DemoPhotoMissing, demo_photo, demo_photos
from labeling.images import decode_image, inspect_image
from labeling.masks import decode_mask

TRUTH = Path(__file__).resolve().parents[2] / "data" / "truth"
CLASSES = {int(index): name for index, name in json.loads((TRUTH / "classes.json").read_text()).items()}
DRAWN = {"astronaut": "person", "chelsea": "cat", "coffee": "cup", "flower": "flower"}


def truth(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The photo's pixels and its truth mask's indices."""
    data = demo_photo(name).data
    facts = inspect_image(data)
    png = (TRUTH / f"{name}.png").read_bytes()
    mask = decode_mask(png, width=facts.width, height=facts.height, known_indices=CLASSES)
    return np.asarray(decode_image(data).convert("RGB")), mask.indices


def test_the_packages_ship_all_photos_and_each_is_usable_and_credited() -> None:
    photos = list(demo_photos())
    names = ["astronaut", "chelsea", "coffee", "rocket", "motorcycle", "china", "flower"]
    assert [photo.name for photo in photos] == names
    for photo in photos:
        facts = inspect_image(photo.data, name=photo.filename)
        assert min(facts.width, facts.height) >= 300
        assert photo.credit


def test_an_unknown_photo_says_what_to_do() -> None:
    with pytest.raises(DemoPhotoMissing, match="Install scikit-image"):
        demo_photo("mona-lisa")


@pytest.mark.parametrize(("name", "label"), DRAWN.items())
def test_a_truth_mask_fits_its_photo_and_holds_one_class(name: str, label: str) -> None:
    pixels, indices = truth(name)
    assert indices.shape == pixels.shape[:2]
    index = next(index for index, each in CLASSES.items() if each == label)
    assert set(np.unique(indices).tolist()) == {0, index}
    assert 0.15 < (indices == index).mean() < 0.8


@pytest.mark.parametrize("name", DRAWN)
def test_four_points_on_a_real_photo_give_most_of_the_object(name: str) -> None:
    pixels, indices = truth(name)
    wanted = indices > 0
    if name == "flower":
        wanted[365:] = False
    rows, columns = np.nonzero(wanted)
    at = [rows.argmin(), columns.argmin(), rows.argmax(), columns.argmax()]
    top, left, bottom, right = ((int(columns[each]), int(rows[each])) for each in at)
    found = GrabCut().predict(pixels, extreme_points=(top, left, bottom, right)).mask
    overlap = (found & wanted).sum() / (found | wanted).sum()
    assert overlap > 0.75, f"{overlap:.3f}"
