"""The smallest and the largest label set, run through by programs alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.end_to_end.client import Pixels, mask_pixels, mask_png, photo

WIDTH, HEIGHT = 64, 32


def answer(categories: int) -> Pixels:
    """A mask that uses every class: eight pixels of each in order, the rest unlabeled."""
    pixels = np.zeros(WIDTH * HEIGHT, dtype=np.uint8)
    pixels[: categories * 8] = np.repeat(np.arange(1, categories + 1, dtype=np.uint8), 8)
    return pixels.reshape(HEIGHT, WIDTH)


@pytest.mark.parametrize("categories", [1, 255])
def test_a_job_runs_through_with(categories: int, make_cast: Callable[..., Any]) -> None:
    cast = make_cast(labelers=1)
    manager, labeler = cast.client("manager"), cast.client("labeler1")
    job = manager.create_job(
        f"classes-{categories}",
        input_uri=manager.upload("photos", {"one.png": photo(1, width=WIDTH, height=HEIGHT)}),
        label_set_id=manager.create_label_set("classes", [f"class {index}" for index in range(1, categories + 1)]),
        task_template_id=manager.create_template("classes"),
        work_team_id=manager.create_team("team", cast.ids("labeler1")),
        number_of_labelers=1,
        start_when_ready=True,
    )
    manager.wait_for_job(job, "in_progress")

    claim = labeler.wait_for_claim(job)
    assert [category["index"] for category in claim["categories"]] == list(range(1, categories + 1))
    colors = {category["index"]: category["color"] for category in claim["categories"]}
    labeler.submit(claim, mask_png(answer(categories), colors))

    manager.wait_for_job(job, "completed")
    (data_object,) = manager.objects(job)
    png = manager.png(f"objects/{data_object['id']}/mask")
    assert np.array_equal(mask_pixels(png, width=WIDTH, height=HEIGHT), answer(categories))
    (record,) = manager.manifest(job)
    color_map = record[f"classes-{categories}-ref-metadata"]["internal-color-map"]
    assert {int(index): entry["hex-color"] for index, entry in color_map.items()} == {0: "#ffffff"} | colors
    assert color_map["0"]["class-name"] == "BACKGROUND"
    assert all(color_map[str(index)]["class-name"] == f"class {index}" for index in colors)
    assert all(entry["confidence"] == 0.0 for entry in color_map.values()), "0.00 for one worker"
