"""Output trees: a right one passes, and each broken promise is found where it is."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.manifests import (
    Label,
    LabelClass,
    OutputKeys,
    WorkerAnswer,
    consolidation_request,
    consolidation_response,
    segmentation_content,
    worker_response,
    write_record,
    write_unlabeled,
)
from labeling.masks import MaskRaster, Palette, encode_mask
from labeling.output_check import MANIFEST, Finding, Summary, check_tree
from labeling.selectors.output_trees import FolderTree

AT = datetime(2020, 4, 21, 13, 48, 0, 562419, tzinfo=UTC)
COLORS = {1: "#2ca02c", 2: "#1f77b4"}
NAMES = {1: "cat", 2: "dog"}
RASTER = MaskRaster(np.array([[0, 1, 1], [2, 2, 0]], dtype=np.uint8))
MASK = encode_mask(RASTER, Palette(COLORS))
KEYS = OutputKeys("my-cat-job")


def _label(index: int) -> Label:
    return Label(
        attribute="my-cat-job-ref",
        mask_ref=f"s3://b/out/{KEYS.mask(index, AT)}",
        classes={key: LabelClass(name, COLORS[key]) for key, name in NAMES.items()},
        confidence=0.8,
        created_at=AT,
        job_name="my-cat-job",
    )


def make_tree(folder: Path, objects: int = 2, *, masks: int | None = None) -> Path:
    """A job's folder with `objects` labeled lines and one without label, as Ground Truth lays it out."""
    root, lines = folder / "my-cat-job", []
    content = segmentation_content(width=3, height=2, colors={"cat": COLORS[1], "dog": COLORS[2]}, png=MASK)
    answer = WorkerAnswer("w1", AT, AT + timedelta(seconds=40), 40.0, content)
    for index in range(objects):
        source = f"s3://b/{index}.jpg"
        line = write_record(json.dumps({"source-ref": source, "old-ref": "s3://x/y.png"}), _label(index))
        lines.append(line)
        at = AT + timedelta(microseconds=index)
        _write(folder, KEYS.worker_response(index, AT), worker_response([answer]))
        _write(folder, KEYS.consolidation_request(at), consolidation_request(index, source, [answer]))
        _write(folder, KEYS.mask(index, AT), MASK)
        _write(folder, KEYS.consolidation_response(at), consolidation_response(index, "my-cat-job-ref", line))
    lines.append(write_unlabeled('{"source-ref":"s3://b/last.jpg"}'))
    _write(folder, KEYS.output_manifest(), b"".join(lines))
    _write(folder, KEYS.intermediate(), b"anything")
    return root


def _write(folder: Path, key: str, data: bytes) -> None:
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _found(root: Path) -> list[Finding]:
    return list(check_tree(FolderTree(root)))


def _change(root: Path, change: Callable[[dict[str, Any]], None], line: int = 1) -> None:
    """Rewrite a line of the manifest."""
    path = root / MANIFEST
    lines = path.read_text().splitlines()
    record = json.loads(lines[line - 1])
    change(record)
    lines[line - 1] = json.dumps(record)
    path.write_text("\n".join(lines) + "\n")


def test_a_right_tree_has_nothing_to_find(tmp_path: Path) -> None:
    summary = Summary()
    assert list(check_tree(FolderTree(make_tree(tmp_path)), summary)) == []
    assert (summary.lines, summary.labels, summary.masks, summary.files) == (3, 2, 2, 10)


def test_ground_truths_own_older_tree(tmp_path: Path) -> None:
    """Without our extension, with `_` for `:`, and a confidence of 0.00 for one worker: no finding."""
    root = make_tree(tmp_path, 1)
    _change(root, lambda record: record["my-cat-job-ref-metadata"].pop("maskwright", None))
    for path in [path for path in root.rglob("*") if ":" in path.name]:
        path.rename(path.with_name(path.name.replace(":", "_")))
    response = next((root / "annotations/consolidated-annotation/consolidation-response").rglob("*.json"))
    metadata = json.loads((root / MANIFEST).read_text().splitlines()[0])["my-cat-job-ref-metadata"]
    content = json.loads(response.read_text())
    content[0]["consolidatedAnnotation"]["content"]["my-cat-job-ref-metadata"] = metadata
    response.write_text(json.dumps(content))
    assert _found(root) == []


def test_labels_of_earlier_jobs_are_theirs(tmp_path: Path) -> None:
    root = make_tree(tmp_path)
    metadata = {"type": "groundtruth/semantic-segmentation", "job-name": "labeling-job/first"}
    _change(root, lambda record: record.update({"first-ref": "s3://gone/mask.png", "first-ref-metadata": metadata}))
    assert _found(root) == []


def _metadata(record: dict[str, Any]) -> Any:
    return record["my-cat-job-ref-metadata"]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("bad_job_name", lambda r: _metadata(r).update({"job-name": "my-cat-job"})),
        ("bad_creation_date", lambda r: _metadata(r).update({"creation-date": "2020-04-21T13:48:00Z"})),
        ("bad_metadata", lambda r: _metadata(r).update({"human-annotated": True})),
        ("bad_metadata", lambda r: _metadata(r).update({"type": "groundtruth/object-detection"})),
        ("bad_adjustment_status", lambda r: _metadata(r).update({"adjustment-status": "maybe"})),
        ("bad_confidence", lambda r: _metadata(r)["internal-color-map"]["1"].update({"confidence": 1.5})),
        ("confidence_differs", lambda r: _metadata(r)["internal-color-map"]["1"].update({"confidence": 0.5})),
        ("bad_color_map", lambda r: _metadata(r)["internal-color-map"]["1"].pop("hex-color")),
        ("palette_differs", lambda r: _metadata(r)["internal-color-map"]["1"].update({"hex-color": "#000000"})),
        ("index_without_class", lambda r: _metadata(r)["internal-color-map"].pop("2")),
        ("wrong_background", lambda r: _metadata(r)["internal-color-map"]["0"].update({"class-name": "none"})),
        ("mask_elsewhere", lambda r: r.update({"my-cat-job-ref": "s3://b/out/other/0.png"})),
        ("bad_mask_address", lambda r: r.update({"my-cat-job-ref": 7})),
        ("mask_missing", lambda r: r.update({"my-cat-job-ref": r["my-cat-job-ref"].replace("2020", "2021")})),
        ("mask_of_other_object", lambda r: r.update({"my-cat-job-ref": r["my-cat-job-ref"].replace("/0_", "/1_")})),
        ("bad_mask_name", lambda r: r.update({"my-cat-job-ref": r["my-cat-job-ref"].replace("0_2020", "mask")})),
        ("response_differs", lambda r: _metadata(r).update({"creation-date": "2020-04-21T13:48:01.000000"})),
    ],
)
def test_what_is_wrong_with_a_record_is_found_in_its_line(
    tmp_path: Path, code: str, change: Callable[[dict[str, Any]], None]
) -> None:
    root = make_tree(tmp_path)
    _change(root, change)
    found = [finding for finding in _found(root) if finding.code == code]
    assert found, _found(root)
    assert found[0].severity == "error"
    if code != "response_differs":
        assert (found[0].file, found[0].line) == (MANIFEST, 1)
        assert str(found[0]).startswith(f"{MANIFEST}:1: error {code}: ")


def test_broken_lines_and_files(tmp_path: Path) -> None:
    root = make_tree(tmp_path)
    with (root / MANIFEST).open("ab") as file:
        file.write(b"{no json\n")
    (answer,) = (root / "annotations/worker-response/iteration-1/0").iterdir()
    answer.write_text('{\n"answers": [}')
    (root / "annotations/notes.txt").write_text("x")
    found = {(one.file, one.line, one.code, one.severity) for one in _found(root)}
    assert found == {
        (MANIFEST, 4, "broken_json", "error"),
        (str(answer.relative_to(root)), 2, "broken_json", "error"),
        ("annotations/notes.txt", 0, "unknown_file", "warning"),
    }


def test_masks_that_are_no_masks(tmp_path: Path) -> None:
    root = make_tree(tmp_path, 4)
    masks = sorted((root / "annotations/consolidated-annotation/output").iterdir())
    masks[0].write_bytes(b"GIF89a" + b"x" * 40)
    masks[1].write_bytes(MASK[:-20])
    masks[2].write_bytes(MASK + b"x" * 200_000)
    masks[3].rename(masks[3].with_name("3_2020-04-21T13:48:00.999999.png"))
    found = {(one.line or one.file.rpartition("/")[2], one.code) for one in _found(root)}
    assert found == {
        (1, "not_png"),
        (2, "not_png"),
        (3, "too_large"),
        (4, "mask_missing"),
        ("3_2020-04-21T13:48:00.999999.png", "mask_without_record"),
    }


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("bad_worker_response", lambda a: a.update({"acceptanceTime": "yesterday"})),
        ("bad_worker_response", lambda a: a.update({"timeSpentInSeconds": -1})),
        ("bad_worker_response", lambda a: a.pop("workerId")),
        ("bad_worker_response", lambda a: a.pop("answerContent")),
        ("bad_worker_mask", lambda a: _element(a).update({"labeledImage": {"pngImageData": "!"}})),
        ("bad_worker_mask", lambda a: _element(a).update({"inputImageProperties": {"width": 9, "height": 2}})),
        ("bad_worker_mask", lambda a: _element(a).pop("labelMappings")),
        ("worker_color_without_label", lambda a: _element(a)["labelMappings"].pop("cat")),
    ],
)
def test_what_is_wrong_with_an_answer(tmp_path: Path, code: str, change: Callable[[dict[str, Any]], None]) -> None:
    root = make_tree(tmp_path)
    (path,) = (root / "annotations/worker-response/iteration-1/1").iterdir()
    content = json.loads(path.read_text())
    change(content["answers"][0])
    path.write_text(json.dumps(content))
    (found,) = _found(root)
    assert (found.file, found.code) == (str(path.relative_to(root)), code)


def _element(answer: dict[str, Any]) -> Any:
    return answer["answerContent"]["crowd-semantic-segmentation"]


def test_consolidation_files(tmp_path: Path) -> None:
    root = make_tree(tmp_path)
    base = root / "annotations/consolidated-annotation"
    requests = sorted((base / "consolidation-request/iteration-1").iterdir())
    requests[0].write_text('[{"datasetObjectId":"9","dataObject":{},"annotations":[]}]')
    requests[1].write_text("{}")
    (response, *_others) = sorted((base / "consolidation-response/iteration-1").iterdir())
    response.write_text('[{"datasetObjectId":"0"}]')
    codes = sorted(one.code for one in _found(root))
    assert codes == [
        "bad_consolidation",
        "bad_consolidation",
        "bad_consolidation",
        "bad_consolidation",
        "object_beyond_manifest",
    ]


def test_labels_without_answers_are_told(tmp_path: Path) -> None:
    root = make_tree(tmp_path)
    (answer,) = (root / "annotations/worker-response/iteration-1/1").iterdir()
    answer.unlink()
    (found,) = _found(root)
    assert (found.file, found.line, found.code, found.severity) == (MANIFEST, 2, "no_worker_response", "warning")


def test_a_folder_without_manifest(tmp_path: Path) -> None:
    assert [one.code for one in _found(tmp_path)] == ["no_manifest"]


def test_memory_does_not_grow_with_the_job(tmp_path: Path) -> None:
    """Per line the duplicate search keeps a few bytes; masks and answers leave nothing behind."""

    def peak(objects: int) -> int:
        root = make_tree(tmp_path / str(objects), objects)
        tracemalloc.start()
        assert list(check_tree(FolderTree(root))) == []
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(100), peak(1500)
    assert (large - small) / 1400 < 300
