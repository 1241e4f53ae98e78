"""Input manifests: good lines come through untouched, every bad line says what is wrong with it."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.manifests import ManifestLine, ManifestProblem, bounded_lines, read_manifest, split_attributes

GOOD = b'{"source-ref":"s3://bucket/cat.jpg"}'


def read(*lines: bytes) -> list[ManifestLine | ManifestProblem]:
    return list(read_manifest(lines))


def codes(*lines: bytes) -> list[tuple[int, str]]:
    return [(found.number, found.code) for found in read(*lines) if isinstance(found, ManifestProblem)]


def usable(*lines: bytes) -> list[tuple[int, str]]:
    return [(found.index, found.source_ref) for found in read(*lines) if isinstance(found, ManifestLine)]


def test_line_ends_byte_order_mark_and_a_last_blank_line_do_not_matter() -> None:
    lines = (b"\xef\xbb\xbf" + GOOD + b"\r\n", GOOD.replace(b"cat", b"dog") + b"\n", b"\n")
    assert usable(*lines) == [(0, "s3://bucket/cat.jpg"), (1, "s3://bucket/dog.jpg")]
    assert codes(*lines) == []


def test_a_blank_line_in_the_middle_counts_as_a_line_but_is_no_object() -> None:
    lines = (GOOD, b"", GOOD.replace(b"cat", b"dog"))
    assert usable(*lines) == [(0, "s3://bucket/cat.jpg"), (2, "s3://bucket/dog.jpg")]
    assert codes(*lines) == [(2, "blank_line")]


def test_pass_through_attributes_keep_their_text_and_order() -> None:
    text = '{ "z": 1.0, "source-ref" : "s3://b/\\u00e9.jpg", "a":[1e400, 12345678901234567890]}'
    (line,) = read(text.encode())
    assert isinstance(line, ManifestLine)
    assert line.text == text
    assert list(line.attributes.items()) == [
        ("z", "1.0"),
        ("source-ref", '"s3://b/\\u00e9.jpg"'),
        ("a", "[1e400, 12345678901234567890]"),
    ]
    assert line.source_ref == "s3://b/é.jpg"
    assert line.value("source-ref") == "s3://b/é.jpg"
    assert line.has("a")
    assert not line.has("b")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"source-ref":"s3://b/caf\xe9.jpg"}', "bad_utf8"),
        (b"\xff\xfe{\x00", "bad_utf8"),
        (b'{"source-ref":"s3://b/a.jpg"', "broken_json"),
        (b'{"source-ref":"s3://b/a.jpg"} {"x":1}', "broken_json"),
        (b"{'source-ref':'s3://b/a.jpg'}", "broken_json"),
        (b'{"source-ref":"s3://b/a.jpg","n":NaN}', "broken_json"),
        (b'{"source-ref":"s3://b/a.jpg",}', "broken_json"),
        (b'{"source-ref":"s3://b/a.jpg" "x":1}', "broken_json"),
        (b'{"source-ref":"s3://b/a.jpg","n":' + b"[" * 40_000 + b"]" * 40_000 + b"}", "broken_json"),
        (b"s3://b/a.jpg", "broken_json"),
        (b'"s3://b/a.jpg"', "not_an_object"),
        (b"[]", "not_an_object"),
        (b'{"source-ref":"s3://b/a.jpg","source-ref":"s3://b/b.jpg"}', "duplicate_key"),
        (b'{"source-ref":"s3://b/a.jpg","x":{"y":1,"y":1}}', "duplicate_key"),
        (b'{"source-ref":"s3://b/a.jpg","$x":1}', "bad_attribute_name"),
        (b"{}", "missing_source_ref"),
        (b'{"source":"some text"}', "missing_source_ref"),
        (b'{"source-ref":7}', "bad_source_ref"),
        (b'{"source-ref":""}', "bad_source_ref"),
        (b'{"source-ref":" s3://b/a.jpg"}', "bad_source_ref"),
        (b'{"source-ref":"s3://b/\\u0000.jpg"}', "bad_source_ref"),
        (b'{"source-ref":"s3://b/\\ud800.jpg"}', "bad_source_ref"),
        (b'{"source-ref":"s3://b/' + b"a" * 2_050 + b'"}', "bad_source_ref"),
        (b'{"source-ref":"s3://b/a.jpg","x":"' + b"a" * 20_000 + b'"}', "attribute_too_long"),
        (b'{"source-ref":"s3://b/a.jpg","x":[' + b"1," * 60_000 + b"1]}", "line_too_long"),
    ],
)
def test_a_bad_line_names_itself_and_its_fault_and_spares_the_others(line: bytes, code: str) -> None:
    found = read(GOOD, line, GOOD.replace(b"cat", b"dog"))
    assert [type(each) for each in found] == [ManifestLine, ManifestProblem, ManifestLine]
    problem = found[1]
    assert isinstance(problem, ManifestProblem)
    assert (problem.number, problem.code, problem.severity) == (2, code, "error")
    assert problem.message.endswith((".", "}."))


def test_all_violations_of_a_line_are_reported_at_once() -> None:
    line = b'{"$a":1,"$b":"' + b"x" * 20_001 + b'"}'
    found = [
        (2, "bad_attribute_name"),
        (2, "bad_attribute_name"),
        (2, "attribute_too_long"),
        (2, "missing_source_ref"),
    ]
    assert codes(GOOD, line) == found


def test_the_limits_themselves_are_allowed() -> None:
    attribute = b'{"source-ref":"s3://b/a.jpg","x":"' + b"a" * 19_998 + b'"}'
    values = b",".join(b'"x%d":"%s"' % (n, b"a" * 19_000) for n in range(5))
    line = b'{"source-ref":"s3://b/b.jpg",' + values
    line += b',"pad":"' + b"a" * (100_000 - len(line) - 10) + b'"}'
    assert len(line) == 100_000
    assert codes(attribute, line) == []
    assert codes(attribute, line[:-1] + b" }") == [(2, "line_too_long")]


def test_long_metadata_of_an_earlier_job_is_allowed() -> None:
    assert codes(b'{"source-ref":"s3://b/a.jpg","x-ref-metadata":"' + b"a" * 30_000 + b'"}') == []


def test_a_repeated_image_is_a_warning_and_stays_usable() -> None:
    lines = (GOOD, b'{"source-ref":"s3://b/other.jpg"}', GOOD)
    assert len(usable(*lines)) == 3
    (problem,) = [found for found in read(*lines) if isinstance(found, ManifestProblem)]
    assert (problem.number, problem.code, problem.severity) == (3, "duplicate_source_ref", "warning")
    assert "line 1" in problem.message


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    class Endless(io.RawIOBase):
        left = 60_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            return size

    tracemalloc.start()
    try:
        found = list(read_manifest(bounded_lines(io.BufferedReader(Endless()))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [each.code for each in found if isinstance(each, ManifestProblem)] == ["line_too_long"]
    assert peak < 5_000_000


def test_lines_are_read_as_they_are_needed() -> None:
    def lines() -> Iterator[bytes]:
        yield GOOD
        raise AssertionError("read ahead")

    assert isinstance(next(read_manifest(lines())), ManifestLine)


def test_a_file_gives_the_same_as_its_lines() -> None:
    text = GOOD + b"\r\n" + b"x" * 500_000 + b"\n" + GOOD.replace(b"cat", b"dog")
    found = list(read_manifest(bounded_lines(io.BytesIO(text))))
    assert [each.number for each in found] == [1, 2, 3]
    assert isinstance(found[2], ManifestLine)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=5), st.booleans(), st.sampled_from([None, 1]))
def test_any_object_splits_into_its_values(record: dict[str, object], ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(record, ensure_ascii=ascii_only, indent=indent)
    attributes = split_attributes(text)
    assert attributes is not None
    assert {name: json.loads(value) for name, value in attributes.items()} == record
    assert list(attributes) == list(record)


@given(st.text(max_size=30) | st.binary(max_size=30).map(lambda data: data.decode("latin-1")))
def test_no_text_breaks_the_reader(text: str) -> None:
    for found in read_manifest([text.encode("utf-8", "surrogatepass")]):
        assert isinstance(found, (ManifestLine, ManifestProblem))
