"""Output: the record and the keys are Ground Truth's, and a mask that disagrees with its record is found."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from PIL import Image

from labeling.manifests import (
    ConsolidationFacts,
    Label,
    LabelClass,
    LabelConfigError,
    ManifestLine,
    OutputKeys,
    WorkerAnswer,
    consolidation_request,
    consolidation_response,
    other_content,
    read_label_config,
    read_manifest,
    segmentation_content,
    verify_output,
    worker_response,
    write_record,
    write_unlabeled,
)
from labeling.masks import MaskRaster, Palette, encode_mask

AT = datetime(2020, 4, 21, 13, 48, 0, 562419, tzinfo=UTC)
RASTER = MaskRaster(np.array([[0, 1, 1], [2, 2, 0]], dtype=np.uint8))
COLORS = {1: "#2ca02c", 2: "#1f77b4"}
MASK = encode_mask(RASTER, Palette(COLORS))
MASK_KEY = OutputKeys("my-cat-job").mask(0, AT)


def label(confidence: float = 0.805461234, facts: ConsolidationFacts | None = None) -> Label:
    return Label(
        attribute="my-cat-job-ref",
        mask_ref=f"s3://b/out/{MASK_KEY}",
        classes={1: LabelClass("cat", "#2CA02C"), 2: LabelClass("dog", "#1f77b4")},
        confidence=confidence,
        created_at=AT,
        job_name="my-cat-job",
        facts=facts,
    )


def facts(raster: MaskRaster = RASTER) -> ConsolidationFacts:
    return ConsolidationFacts("majority", "1", ("w1", "w2"), {1: 0.9123456, 0: 1.0}, 0.25, raster.sha256())


def test_the_record_is_ground_truths_field_by_field() -> None:
    data = write_record('{"source-ref":"s3://b/cat1.jpg"}', label())
    assert data.endswith(b"}\n")
    assert data.count(b"\n") == 1
    record = json.loads(data)
    assert list(record) == ["source-ref", "my-cat-job-ref", "my-cat-job-ref-metadata"]
    assert record["my-cat-job-ref"] == (
        "s3://b/out/my-cat-job/annotations/consolidated-annotation/output/0_2020-04-21T13:48:00.562419.png"
    )
    assert record["my-cat-job-ref-metadata"] == {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.80546},
            "1": {"class-name": "cat", "hex-color": "#2ca02c", "confidence": 0.80546},
            "2": {"class-name": "dog", "hex-color": "#1f77b4", "confidence": 0.80546},
        },
        "type": "groundtruth/semantic-segmentation",
        "human-annotated": "yes",
        "creation-date": "2020-04-21T13:48:00.562419",
        "job-name": "labeling-job/my-cat-job",
    }


def test_our_facts_stand_under_one_key_of_our_own() -> None:
    metadata = json.loads(write_record('{"source-ref":"s3://b/c.jpg"}', label(facts=facts())))[
        "my-cat-job-ref-metadata"
    ]
    assert metadata["maskwright"] == {
        "rule": "majority",
        "rule-version": "1",
        "annotators": ["w1", "w2"],
        "class-agreement": {"0": 1.0, "1": 0.91235},
        "disputed-share": 0.25,
        "raster-sha256": RASTER.sha256(),
    }


def test_the_inputs_attributes_come_out_as_they_went_in() -> None:
    text = '{"b":1.0,"source-ref":"s3://b/c.jpg","a":12345678901234567890,"n":{"x":1e400}}'
    assert write_record(text, label()).startswith(text[:-1].encode() + b',"my-cat-job-ref":')
    assert write_unlabeled(text) == text.encode() + b"\n"


@pytest.mark.parametrize("broken", ['{"source-ref": "s3://b/c.jpg"', "[1]", '{"a":1,"a":2}', "no json"])
def test_a_broken_line_comes_out_as_json_that_keeps_its_place(broken: str) -> None:
    assert json.loads(write_unlabeled(broken)) == {"source": broken}


def test_an_earlier_label_of_the_same_name_is_replaced() -> None:
    text = '{"my-cat-job-ref":"s3://old.png","source-ref":"s3://b/c.jpg","my-cat-job-ref-metadata":{}}'
    record = json.loads(write_record(text, label()))
    assert list(record) == ["source-ref", "my-cat-job-ref", "my-cat-job-ref-metadata"]
    assert record["my-cat-job-ref"].endswith(MASK_KEY)


def test_times_of_any_zone_are_written_as_utc() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    assert OutputKeys("j").mask(3, AT.astimezone(zone)) == OutputKeys("j").mask(3, AT)
    with pytest.raises(ValueError, match="time zone"):
        OutputKeys("j").mask(3, datetime(2020, 1, 1))


def test_an_attribute_that_does_not_end_in_ref_is_refused() -> None:
    bad = Label("labels", "s3://x", {}, 0.0, AT, "job")
    with pytest.raises(ValueError, match="-ref"):
        write_record("{}", bad)


def test_an_output_manifest_is_a_valid_input_even_with_255_classes() -> None:
    classes = {index: LabelClass(f"a rather long class name {index}", f"#0000{index:02x}") for index in range(1, 256)}
    many = Label("j-ref", "s3://x.png", classes, 0.5, AT, "j")
    (line,) = read_manifest([write_record('{"source-ref":"s3://b/c.jpg"}', many)])
    assert isinstance(line, ManifestLine)
    assert line.has("j-ref")


def test_the_output_tree() -> None:
    keys = OutputKeys("my-cat-job")
    at = datetime(2020, 4, 5, 14, 20, 40, 7, tzinfo=UTC)
    assert (
        keys.worker_response(9, at) == "my-cat-job/annotations/worker-response/iteration-1/9/2020-04-05_14:20:40.json"
    )
    assert keys.output_manifest() == "my-cat-job/manifests/output/output.manifest"
    folder = "my-cat-job/annotations/consolidated-annotation"
    assert (
        keys.consolidation_request(at) == f"{folder}/consolidation-request/iteration-1/2020-04-05_14:20:40.000007.json"
    )
    assert keys.consolidation_response(at, 2).startswith(f"{folder}/consolidation-response/iteration-2/")
    assert keys.intermediate() == "my-cat-job/annotations/intermediate/1/annotations.manifest"
    assert ":" not in OutputKeys("my-cat-job", colons=False).mask(1, at)


def answer(worker: str, seconds: int) -> WorkerAnswer:
    return WorkerAnswer(
        worker_id=worker,
        accepted_at=datetime(2020, 12, 28, 18, 59, 15, 191_000, tzinfo=UTC),
        submitted_at=datetime(2020, 12, 28, 18, 59, seconds, 321_000, tzinfo=UTC),
        active_seconds=40.5431,
        content=segmentation_content(width=3, height=2, colors={"cat": "#2ca02c", "dog": "#1f77b4"}, png=MASK),
        identity={"identityProviderType": "Oidc", "issuer": "https://here", "sub": "u1"} if worker == "w1" else None,
    )


def test_the_worker_response_is_ground_truths() -> None:
    document = json.loads(worker_response([answer("w2", 59), answer("w1", 58)]))
    first, second = document["answers"]
    assert first["acceptanceTime"] == "2020-12-28T18:59:15.191Z"
    assert first["submissionTime"] == "2020-12-28T18:59:58.321Z"
    assert first["timeSpentInSeconds"] == 40.543
    assert first["workerId"] == "w1"
    assert first["workerMetadata"]["identityData"]["sub"] == "u1"
    assert "workerMetadata" not in second
    content = first["answerContent"]["crowd-semantic-segmentation"]
    assert content["inputImageProperties"] == {"height": 2, "width": 3}
    assert content["labelMappings"]["cat"] == {"color": "#2ca02c"}
    with Image.open(io.BytesIO(base64.b64decode(content["labeledImage"]["pngImageData"]))) as image:
        assert image.convert("RGB").getpixel((1, 0)) == (0x2C, 0xA0, 0x2C)


def test_request_and_response_of_a_consolidation() -> None:
    (item,) = json.loads(consolidation_request(4, "s3://b/c.jpg", [answer("w1", 58)]))
    assert (item["datasetObjectId"], item["dataObject"]) == ("4", {"s3Uri": "s3://b/c.jpg"})
    content = item["annotations"][0]["annotationData"]["content"]
    assert "crowd-semantic-segmentation" in json.loads(content)
    record = write_record('{"source-ref":"s3://b/c.jpg"}', label())
    (result,) = json.loads(consolidation_response(4, "my-cat-job-ref", record))
    assert result["datasetObjectId"] == "4"
    assert list(result["consolidatedAnnotation"]["content"]) == ["my-cat-job-ref", "my-cat-job-ref-metadata"]


def test_answers_without_a_mask_have_a_form_of_our_own() -> None:
    assert other_content("impossible", {"reason": "blurred"}) == {
        "maskwright": {"kind": "impossible", "reason": "blurred"}
    }


def found(mask: bytes = MASK, change: object = None, **metadata: object) -> list[str]:
    record = json.loads(write_record('{"source-ref":"s3://b/c.jpg"}', label(facts=facts())))
    record["my-cat-job-ref-metadata"].update(metadata)
    if callable(change):
        change(record["my-cat-job-ref-metadata"]["internal-color-map"])
    return [problem.code for problem in verify_output(mask, json.dumps(record), "my-cat-job-ref")]


def test_a_mask_and_its_record_agree() -> None:
    assert found() == []


def test_a_wrong_index_with_the_right_colours_is_found() -> None:
    """The fault of Ground Truth's own jobs of summer 2020: colours right, indices not."""
    shifted = MaskRaster(np.where(RASTER.indices == 0, 0, RASTER.indices + 1).astype(np.uint8))
    mask = encode_mask(shifted, Palette({2: COLORS[1], 3: COLORS[2]}))
    assert set(found(mask)) == {"palette_differs", "index_without_class", "raster_differs"}


def test_other_disagreements_are_found() -> None:
    assert found(encode_mask(RASTER, Palette({1: "#2ca02c", 2: "#1f77b5"}))) == ["palette_differs"]
    assert found(change=lambda colors: colors.pop("2")) == ["palette_differs", "index_without_class"]
    assert found(change=lambda colors: colors["1"].update({"confidence": 0.1})) == ["confidence_differs"]
    assert found(change=lambda colors: colors["0"].update({"class-name": "background"})) == ["wrong_background"]
    assert found(change=lambda colors: colors["1"].update({"hex-color": "green"})) == ["bad_color_map"]
    assert found(type="groundTruth/custom") == ["bad_metadata"]
    assert found(encode_mask(MaskRaster.blank(3, 2), Palette(COLORS))) == ["raster_differs"]


def test_masks_in_another_form_are_found() -> None:
    assert found(b"GIF89a") == ["not_png"]
    assert found(MASK[:-20]) == ["not_png"]
    grey = io.BytesIO()
    Image.fromarray(RASTER.indices).save(grey, "PNG")
    assert found(grey.getvalue()) == ["not_8_bit_indexed"]
    short = Image.frombytes("P", (3, 2), RASTER.indices.tobytes())
    short.putpalette(Palette(COLORS).plte()[:9])
    out = io.BytesIO()
    short.save(out, "PNG")
    assert found(out.getvalue()) == ["not_8_bit_indexed"]
    plte = MASK.index(b"PLTE")
    body = MASK[plte + 4 : plte + 13]
    chunk = struct.pack(">I", 9) + b"PLTE" + body + struct.pack(">I", zlib.crc32(b"PLTE" + body))
    assert found(MASK[: plte - 4] + chunk + MASK[plte + 776 :]) == ["short_palette"]


def test_a_record_without_the_label_is_found() -> None:
    (problem,) = verify_output(MASK, '{"source-ref":"s3://b/c.jpg"}', "my-cat-job-ref")
    assert problem.code == "no_label"


def test_a_label_configuration_is_read_with_and_without_a_version() -> None:
    config = read_label_config(
        b'{"document-version":"2018-11-28","labels":[{"label":"road"},{"label":"car","color":"#2CA02C"}],'
        b'"instructions":{"shortInstruction":"<p>s</p>","fullInstruction":"<p>f</p>"},"auditLabelAttributeName":"x"}'
    )
    assert [(each.index, each.name, each.color) for each in config.labels] == [
        (1, "road", "#1f77b4"),
        (2, "car", "#2ca02c"),
    ]
    assert (config.short_instruction, config.full_instruction) == ("<p>s</p>", "<p>f</p>")
    assert config.other == {"auditLabelAttributeName": "x"}
    assert read_label_config(b'{"labels":[{"label":"road"}]}').labels[0].color == "#2ca02c"


def test_all_faults_of_a_label_configuration_are_named_at_once() -> None:
    labels = [
        {"label": "a"},
        {"label": "a"},
        {"label": ""},
        {"label": "Background"},
        {"label": "b", "color": "x"},
        7,
    ]
    with pytest.raises(LabelConfigError) as caught:
        read_label_config(json.dumps({"labels": labels}).encode())
    assert [code for code, _ in caught.value.problems] == [
        "duplicate_label",
        "bad_label",
        "reserved_label",
        "bad_label",
        "bad_color",
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "broken_json"),
        (b"\xff", "broken_json"),
        (b"[]", "no_labels"),
        (b'{"labels":[]}', "no_labels"),
        (b" " * 1_000_001, "too_large"),
        (json.dumps({"labels": [{"label": str(n)} for n in range(300)]}).encode(), "too_many_labels"),
    ],
)
def test_unusable_label_configurations_say_why(data: bytes, code: str) -> None:
    with pytest.raises(LabelConfigError) as caught:
        read_label_config(data)
    assert [each for each, _ in caught.value.problems] == [code]


def test_255_labels_are_allowed() -> None:
    data = json.dumps({"labels": [{"label": str(n)} for n in range(255)]}).encode()
    assert len({each.color for each in read_label_config(data).labels}) == 255
