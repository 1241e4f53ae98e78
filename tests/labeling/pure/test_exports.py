"""Exports: one archive with everything, written in one pass, one mask at a time."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from labeling.exports import (
    EVERYTHING,
    ExportItem,
    ExportJob,
    UnknownFormatError,
    formats,
    get_formats,
    mask_path,
    stream_zip,
    write_zip,
)
from labeling.manifests import LabelClass
from labeling.masks import RLE, MaskRaster, Palette, decompress_counts, encode_mask, encode_rle, encode_rle_at

JOB = ExportJob(
    name="street-1",
    classes={1: LabelClass("road", "#2ca02c"), 2: LabelClass("car", "#1f77b4")},
    created_at=datetime(2026, 11, 24, 14, 30, tzinfo=UTC),
)
CARS = MaskRaster(np.array([[0, 2, 2, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 2], [1, 0, 0, 2, 2]], dtype=np.uint8))


def item(index: int, raster: MaskRaster | None = CARS, source: str = "s3://b/in/cat photo.jpg") -> ExportItem:
    unlabeled = json.dumps({"source-ref": source, "n": index}).encode() + b"\n"
    png = None if raster is None else encode_mask(raster, JOB.palette())
    read = None if png is None else lambda: png
    record = unlabeled.replace(b"}", f', "street-1-ref": "{mask_path(index, source)}"}}'.encode())
    return ExportItem(index, source, 5, 4, record, unlabeled, read)


def unpacked(items: list[ExportItem], names: tuple[str, ...] = EVERYTHING) -> dict[str, bytes]:
    out = io.BytesIO()
    write_zip(items, JOB, get_formats(names), out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_is_in_one_archive() -> None:
    files = unpacked([item(0), item(1, None), item(12)])
    assert set(files) == {
        "street-1/indexed/000000_cat_photo.png",
        "street-1/colour/000000_cat_photo.png",
        "street-1/indexed/000012_cat_photo.png",
        "street-1/colour/000012_cat_photo.png",
        "street-1/manifest/output.manifest",
        "street-1/coco/coco.json",
    }


def test_the_manifest_has_every_line_and_names_the_masks_of_the_archive() -> None:
    items = [item(0), item(1, None)]
    files = unpacked(items)
    assert files["street-1/manifest/output.manifest"] == items[0].record + items[1].unlabeled
    named = json.loads(items[0].record)["street-1-ref"]
    assert files[f"street-1/{named}"] == encode_mask(CARS, JOB.palette())


def test_the_manifest_names_no_mask_that_is_not_there() -> None:
    lost = replace(item(0), read_mask=lambda: b"")
    files = unpacked([lost])
    assert files["street-1/manifest/output.manifest"] == lost.unlabeled


def test_masks_come_as_stored_and_in_colour() -> None:
    files = unpacked([item(0)])
    assert files["street-1/indexed/000000_cat_photo.png"] == encode_mask(CARS, JOB.palette())
    with Image.open(io.BytesIO(files["street-1/colour/000000_cat_photo.png"])) as image:
        assert image.mode == "RGB"
        assert image.getpixel((1, 0)) == (0x1F, 0x77, 0xB4)
        assert image.getpixel((0, 0)) == (255, 255, 255)


def test_coco_has_one_annotation_for_each_connected_part() -> None:
    coco = json.loads(unpacked([item(3)])["street-1/coco/coco.json"])
    assert coco["categories"] == [
        {"id": 1, "name": "road", "supercategory": ""},
        {"id": 2, "name": "car", "supercategory": ""},
    ]
    assert coco["images"] == [
        {"id": 3, "file_name": "in/cat photo.jpg", "width": 5, "height": 4, "coco_url": "s3://b/in/cat photo.jpg"}
    ]
    road, roof, corner = coco["annotations"]
    assert (road["id"], road["image_id"], road["category_id"], road["iscrowd"]) == (1, 3, 1, 0)
    assert (road["bbox"], road["area"]) == ([0, 1, 5, 3], 7)
    assert (roof["category_id"], roof["bbox"], roof["area"]) == (2, [1, 0, 2, 1], 2)
    assert (corner["category_id"], corner["bbox"], corner["area"]) == (2, [3, 2, 2, 2], 3)
    # Column by column, top to bottom: 4 x "0", then rows 0 of columns 1 and 2.
    assert roof["segmentation"] == {"size": [4, 5], "counts": encode_rle(only(roof)).compressed()["counts"]}
    drawn = sum(decoded(each).astype(int) * each["category_id"] for each in coco["annotations"])
    assert np.array_equal(drawn, CARS.indices)


def only(annotation: dict[str, list[int]]) -> np.ndarray:
    x, y, width, height = annotation["bbox"]
    binary = np.zeros((4, 5), dtype=bool)
    binary[y : y + height, x : x + width] = True
    return binary


def decoded(annotation: dict[str, dict[str, str]]) -> np.ndarray:
    return RLE(4, 5, decompress_counts(annotation["segmentation"]["counts"])).decode()


def test_parts_that_touch_at_a_corner_are_one_object() -> None:
    raster = MaskRaster(np.array([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1], [0] * 5], dtype=np.uint8))
    coco = json.loads(unpacked([item(0, raster)])["street-1/coco/coco.json"])
    assert [each["area"] for each in coco["annotations"]] == [2, 1]


@pytest.mark.parametrize(
    ("input_uri", "source", "name"),
    [
        ("s3://b/in/", "s3://b/in/left/cat.jpg", "left/cat.jpg"),
        ("s3://b/in/", "s3://b/in/right/cat.jpg", "right/cat.jpg"),
        ("s3://b/input.manifest", "s3://b/in/cat.jpg", "in/cat.jpg"),
        ("file:///data/in/", "file:///data/in/a/b.png", "a/b.png"),
        ("", "file:///data/in/a/b.png", "data/in/a/b.png"),
        ("upload://018f/", "upload://018f/holiday/b.png", "holiday/b.png"),
        ("", "s3://b", "b"),
    ],
)
def test_coco_tells_equal_names_in_two_folders_apart(input_uri: str, source: str, name: str) -> None:
    assert replace(JOB, input_uri=input_uri).file_name(source) == name


def test_pycocotools_reads_what_was_painted(tmp_path: Path) -> None:
    """The reader that COCO's authors publish; it knows nothing of ours."""
    many = MaskRaster(np.random.default_rng(3).integers(0, 3, (4, 5), dtype=np.uint8))
    rasters = {3: CARS, 4: many, 7: MaskRaster.blank(5, 4)}
    for name in ("coco", "coco-classes"):
        file = tmp_path / f"{name}.json"
        file.write_bytes(unpacked([item(i, r) for i, r in rasters.items()], (name,))[f"street-1/coco/{name}.json"])
        read = COCO(str(file))
        assert [category["name"] for category in read.loadCats(read.getCatIds())] == ["road", "car"]
        assert read.getImgIds() == [3, 4, 7]
        for index, raster in rasters.items():
            drawn = np.zeros((4, 5), dtype=np.uint8)
            for annotation in read.loadAnns(read.getAnnIds(imgIds=[index])):
                mask = read.annToMask(annotation)
                assert annotation["area"] == mask.sum() == coco_mask.area(annotation["segmentation"])
                assert annotation["bbox"] == coco_mask.toBbox(annotation["segmentation"]).tolist()
                drawn += mask * np.uint8(annotation["category_id"])
            assert np.array_equal(drawn, raster.indices)


def test_coco_by_class_has_one_annotation_for_each_class() -> None:
    coco = json.loads(unpacked([item(0)], ("coco-classes",))["street-1/coco/coco-classes.json"])
    assert [(each["category_id"], each["area"]) for each in coco["annotations"]] == [(1, 7), (2, 5)]


def test_coco_of_nothing_is_still_json() -> None:
    coco = json.loads(unpacked([item(0, MaskRaster.blank(5, 4)), item(1, None)])["street-1/coco/coco.json"])
    assert ([each["id"] for each in coco["images"]], coco["annotations"]) == ([0, 1], [])
    assert json.loads(unpacked([])["street-1/coco/coco.json"])["images"] == []


@given(arrays(np.bool_, st.tuples(st.integers(1, 8), st.integers(1, 8))), st.tuples(*[st.integers(0, 4)] * 4))
def test_run_lengths_of_a_crop_are_those_of_the_whole(crop: np.ndarray, around: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = around
    whole = np.pad(crop, ((top, bottom), (left, right)))
    height, width = whole.shape
    assert encode_rle_at(crop, x=left, y=top, width=width, height=height) == encode_rle(whole)


def test_a_broken_or_missing_mask_is_a_problem_and_the_rest_is_exported() -> None:
    def gone() -> bytes:
        raise FileNotFoundError("no such key")

    broken = ExportItem(0, "s3://b/a.jpg", 5, 4, b'{"n":1}', b'{"n":0}', lambda: b"not a png")
    lost = ExportItem(1, "s3://b/b.jpg", 5, 4, b'{"n":1}', b'{"n":0}', gone)
    out = io.BytesIO()
    problems = write_zip([broken, lost, item(2)], JOB, get_formats(), out)
    assert [problem.index for problem in problems] == [0, 1]
    with zipfile.ZipFile(out) as archive:
        text = archive.read("street-1/problems.txt")
        assert "street-1/indexed/000002_cat_photo.png" in archive.namelist()
        assert len(archive.read("street-1/manifest/output.manifest").splitlines()) == 3
    assert b"object 0: The mask is not a PNG" in text
    assert b"object 1: no such key" in text


@pytest.mark.parametrize(
    ("source", "stem"),
    [
        ("s3://b/in/cat.jpg", "000007_cat"),
        ("s3://b/in/caf%C3%A9 1.jpeg", "000007_caf_1"),
        ("../../etc/passwd", "000007_passwd"),
        ("s3://b/..", "000007_."),
        ("s3://b/" + "x" * 200 + ".png", "000007_" + "x" * 60),
        ("s3://b/a%2F..%2Fb.png", "000007_b"),
    ],
)
def test_names_in_the_archive_are_safe(source: str, stem: str) -> None:
    assert item(7, source=source).stem == stem


def test_the_stream_is_the_file() -> None:
    items = [item(index) for index in range(5)]
    out = io.BytesIO()
    write_zip(items, JOB, get_formats(), out)
    pieces = list(stream_zip(items, JOB, get_formats()))
    assert len(pieces) > 5
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as streamed, zipfile.ZipFile(out) as file:
        assert streamed.namelist() == file.namelist()
        assert all(streamed.read(name) == file.read(name) for name in file.namelist())
    assert list(stream_zip(items, JOB, get_formats())) == pieces


def test_the_stream_reads_masks_as_it_goes() -> None:
    read: list[int] = []

    def items() -> Iterator[ExportItem]:
        for index in range(3):
            read.append(index)
            yield item(index)

    stream = stream_zip(items(), JOB, get_formats())
    next(stream)
    assert read == [0]


def test_what_grows_with_the_number_of_objects_goes_to_disk() -> None:
    """300 lines of 50,000 bytes are 15 MB of manifest."""
    png = encode_mask(CARS, JOB.palette())
    line = b"x" * 50_000
    items = (ExportItem(index, "s3://b/a.jpg", 5, 4, line, b"{}", lambda: png) for index in range(300))
    tracemalloc.start()
    try:
        for _ in stream_zip(items, JOB, get_formats(("manifest", "coco"))):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000


def test_all_formats_have_names_to_choose_by() -> None:
    assert [format_.name for format_ in formats()] == [*EVERYTHING, "coco-classes"]
    with pytest.raises(UnknownFormatError, match="indexed-png"):
        get_formats(["yolo"])


def test_255_classes_are_exported() -> None:
    classes = {index: LabelClass(f"class {index}", Palette.defaults(255).color(index)) for index in range(1, 256)}
    job = ExportJob("many", classes, JOB.created_at)
    raster = MaskRaster(np.arange(256, dtype=np.uint8).reshape(16, 16))
    png = encode_mask(raster, job.palette())
    out = io.BytesIO()
    entry = ExportItem(0, "s3://b/a.png", 16, 16, b"{}", b"{}", lambda: png)
    assert write_zip([entry], job, get_formats(), out) == []
    with zipfile.ZipFile(out) as archive:
        assert len(json.loads(archive.read("many/coco/coco.json"))["annotations"]) == 255
