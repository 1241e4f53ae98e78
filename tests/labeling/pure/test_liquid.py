"""Task templates in Liquid: what they can do, and what no template can."""

import html
import json
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.liquid import (
    MOST_INPUT_CHARS,
    MOST_TEMPLATE_CHARS,
    FileAccess,
    Problem,
    TemplateError,
    check_template,
    read_address,
    render_template,
    storage_address,
)
from labeling.liquid.__main__ import main

TEMPLATES = Path(__file__).parents[1] / "task_templates"
ACCESS = FileAccess("https://labels.example/work/files/ticket/", Fernet.generate_key())
INPUT: dict[str, Any] = {
    "taskObject": "s3://in/street one.png",
    "labels": ["road", 'Cat\'s "tail" & <b>'],
    "hint": "<look> & see",
    "instructions": {"full": "<p>Paint</p>", "short": "Cats &amp; cups <3"},
    "manifestLine": {
        "source-ref": "s3://in/street one.png",
        "street-one-ref": "s3://out/mask.png",
        "street-one-ref-metadata": {
            "internal-color-map": {
                "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"},
                "1": {"class-name": "road", "hex-color": "#2ca02c"},
            }
        },
    },
}


def page(source: str, **task_input: Any) -> str:
    return render_template(source, task_input or INPUT, ACCESS).page


def problem(source: str, **task_input: Any) -> Problem:
    with pytest.raises(TemplateError) as caught:
        render_template(source, task_input or INPUT, ACCESS)
    return caught.value.problem


def template(name: str) -> str:
    return (TEMPLATES / name).read_text()


# --- What they can do ---------------------------------------------------------------------------------------------


def test_a_segmentation_template_renders() -> None:
    text = page(template("segmentation.liquid.html"))
    labels = text.split('labels="')[1].split('"')[0]
    assert json.loads(html.unescape(labels)) == INPUT["labels"]
    assert 'header="Paint road, Cat&#39;s &#34;tail&#34; &amp; &lt;b&gt;"' in text
    assert "<p>Paint</p>" in text and "Cats &amp; cups &lt;3" in text
    src = text.split('src="https://labels')[1].split('"')[0].removeprefix(".example/work/files/ticket/")
    assert read_address(src, ACCESS.key) == "s3://in/street one.png"


def test_a_map_is_iterated_as_pairs_and_names_have_hyphens() -> None:
    value = page(template("adjustment.liquid.html")).split('initial-value="')[1].split('"')[0]
    value = html.unescape(value)
    assert '"road": { color: "#2ca02c" },' in value and "BACKGROUND" not in value
    address = value.split("src: '")[1].split("'")[0].removeprefix(ACCESS.prefix)
    assert read_address(address, ACCESS.key) == "s3://out/mask.png"


def test_every_tag_renders() -> None:
    text = " ".join(page(template("every-tag.liquid.html")).split())
    for piece in (
        "{{ as it stands }}",
        "<h1>2 labels</h1>",
        " two ",
        "&lt;look&gt; &amp; see",
        " some ",
        'class="odd" value="road"> 1/2 ROAD',
        'class="even"',
        '<td class="col1">road</td>',
        "0 1 -1",
        "321",
    ):
        assert piece in text
    assert "of_this" not in text and "a remark" not in text


def test_names_that_are_not_there_are_nothing() -> None:
    assert (
        page("[{{ task.input.nope }}{{ nope.at.all }}{{ task.input.labels[9] }}{{ task.input.nope | upcase }}]") == "[]"
    )
    assert page("[{{ task.input.nope | grant_read_access }}]") == "[]"


def test_an_address_of_a_page_stays_as_it_is() -> None:
    assert page("{{ task.input.a | grant_read_access }}", a="https://example.org/a.png?b=1&c=2") == (
        "https://example.org/a.png?b=1&amp;c=2"
    )


@pytest.mark.parametrize(
    ("uri", "stored"),
    [
        ("s3://in/a.png", "s3://in/a.png"),
        ("https://in.s3.eu-west-1.amazonaws.com/a%20b.png?X-Amz=1", "s3://in/a b.png"),
        ("https://s3.amazonaws.com/in/a.png", "s3://in/a.png"),
        ("upload://0199/a.png", "upload://0199/a.png"),
        ("gs://in/a.png", "gs://in/a.png"),
        ("https://evil.example/s3.amazonaws.com/a.png", None),
        ("javascript:alert(1)", None),
        ("data:image/png;base64,AA", None),
        ("", None),
        ("s3://in/" + "a" * 3000, None),
    ],
)
def test_which_addresses_are_of_a_storage(uri: str, stored: str | None) -> None:
    assert storage_address(uri) == stored


def test_a_granted_address_says_nothing_of_the_file_and_cannot_be_made_up() -> None:
    address = ACCESS.address("s3://secret-bucket/folder/name.png")
    token = address.removeprefix(ACCESS.prefix)
    assert "secret" not in address and read_address(token, ACCESS.key) == "s3://secret-bucket/folder/name.png"
    assert read_address(token, Fernet.generate_key()) is None
    assert read_address(token[:-2] + "xx", ACCESS.key) is None
    assert read_address("é", ACCESS.key) is None


def test_our_script_stands_where_awss_stood_and_once() -> None:
    source = template("every-tag.liquid.html")
    found = render_template(source, INPUT, ACCESS, script="<script src=/ours.js></script>")
    assert found.page.count("ours.js") == 1 and "assets.crowd.aws" not in found.page
    assert '<script src="https://cdn.example.org/chart.js"></script>' in found.page
    assert found.hosts == ("cdn.example.org",)
    assert "crowd-image-classifier" in found.elements and "crowd-form" in found.elements
    assert "assets.crowd.aws" in render_template(source, INPUT, ACCESS).page


@pytest.mark.parametrize(
    ("source", "begins"),
    [
        ("<!DOCTYPE html><html><head lang=de><title>", "<!DOCTYPE html><html><head lang=de>OURS<title>"),
        ("<!doctype html><p>", "<!doctype html>OURS<p>"),
        ("<p>", "OURS<p>"),
        ("<script src=//assets.crowd.aws/crowd-html-elements.js >\n</script><p>", "OURS<p>"),
        ("<SCRIPT SRC='http://assets.crowd.aws/x.js'></SCRIPT><p>", "OURS<p>"),
    ],
)
def test_a_page_without_a_script_gets_ours_first(source: str, begins: str) -> None:
    assert render_template(source, {}, ACCESS, script="OURS").page == begins


# --- What no template can -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "task.input.a.__class__",
        "task.input.a['__class__']",
        "task.__class__.__mro__",
        "task.input.list.append",
        "task.input.map.items",
        "task.input.map.keys",
        "forloop.__init__",
        "task.input.a.format",
    ],
)
def test_nothing_of_python_can_be_reached(path: str) -> None:
    assert (
        page(f"[{{% for x in task.input.list %}}{{{{ {path} }}}}{{% endfor %}}]", a="x", list=[1], map={"b": 1}) == "[]"
    )


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("a\n{{ x | nope }}", "unknown_filter", 2),
        ("a\n\n{% nope %}", "unknown_tag", 3),
        ("a\n{% include 'b' %}", "unknown_tag", 2),
        ("a\n{% render 'b' %}", "unknown_tag", 2),
        ("{{ x | safe }}", "unknown_filter", 1),
        ("a\n{% if x %}\nb", "syntax", 2),
        ("a\n{{ x", "syntax", 2),
        ("{% for x y %}{% endfor %}", "syntax", 1),
        ("a\nb\n{{ 4 | divided_by: 0 }}", "failed", 3),
        ("a\n{% for x in (1..100000000000) %}x{% endfor %}", "too_many_loops", 2),
        ("a\n{% for x in (1..1000) %}\n{% for y in (1..1000) %}{% endfor %}{% endfor %}", "too_many_loops", 2),
        ("{% for x in (1..60000) %}{% endfor %}\n{% for x in (1..60000) %}{% endfor %}", "too_many_loops", 2),
        ("{% if true %}" * 200 + "{% endif %}" * 200, "too_deep", 1),
        ("a\n{{ (1..100000000000) | join }}", "too_much_memory", 2),
        ("a\n{% for x in (1..100000000000) reversed %}{% endfor %}", "too_much_memory", 2),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source: str, code: str, line: int) -> None:
    found = problem(source)
    assert (found.code, found.line) == (code, line)
    assert found.text in source and found.sentence.startswith(f"Line {line}: ")


_DOUBLING = "{% assign a = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..TIMES) %}{% assign a = a | append: a %}{% endfor %}"


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        (_DOUBLING.replace("TIMES", "60"), {"too_much_memory"}),
        # A gigabyte at once: each x is replaced by 65,536, twice.
        (
            _DOUBLING.replace("TIMES", "12") + "{{ a | replace: 'x', a | replace: 'x', a }}",
            {"too_much_memory", "too_slow"},
        ),
        ("{% for i in (1..90000) %}{{ task.input.a }}{% endfor %}", {"too_much_output"}),
        ("{% capture b %}{% for i in (1..90000) %}{{ task.input.a }}{% endfor %}{% endcapture %}", {"too_much_output"}),
        (
            "{% for i in (1..90000) %}{% assign b = task.input.a | strip_html | base64_encode %}{% endfor %}",
            {"too_slow"},
        ),
        # Inside one call of the interpreter, where only the process's own limit counts.
        ("{% for x in (1..100000000000) limit: 1 offset: 99999999999 %}{% endfor %}", {"too_slow"}),
        (
            "{% assign a = 9 %}{% for i in (1..99) %}{% assign a = a | times: a %}{% endfor %}",
            {"too_slow", "too_much_memory"},
        ),
    ],
)
def test_a_greedy_template_ends_soon_and_the_next_renders(source: str, codes: set[str]) -> None:
    started = time.monotonic()
    assert problem(source, a="<b>y" * 500).code in codes
    assert time.monotonic() - started < 30
    assert page("{{ task.input.a }}", a="well") == "well"


def test_template_and_input_have_ground_truths_limits() -> None:
    assert page("x" * MOST_TEMPLATE_CHARS) == "x" * MOST_TEMPLATE_CHARS
    assert problem("x" * (MOST_TEMPLATE_CHARS + 1)).code == "too_large"
    assert problem("x", a="y" * MOST_INPUT_CHARS).code == "wrong_input"


_PIECES = [
    *("{{", "}}", "{%", "%}", "task.input", ".a", "[0]", "|", "upcase", ":", "'x'", "(1..3)", "-", "=", "\n"),
    *("for", "in", "if", "endif", "endfor", "assign", "a", "case", "when", "1", "raw", "endraw", "comment"),
]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(_PIECES),
        max_size=30,
    ).map(" ".join)
)
def test_whatever_is_written_renders_or_is_refused_in_words(source: str) -> None:
    try:
        render_template(source, {"a": ["b"]}, ACCESS)
    except TemplateError as error:
        assert error.problem.message and error.problem.code != "too_slow"


# --- Checking a folder --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [path.name for path in TEMPLATES.iterdir()])
def test_our_own_templates_pass(name: str) -> None:
    assert check_template(template(name)).elements


def test_a_sample_has_what_a_template_asks_for() -> None:
    check_template(
        "{{ task.input.n | plus: 1 | round }}"
        "{% for one in task.input.list %}{{ one.name }}{{ one[0]['a'] }}{% endfor %}"
        "{{ task.input.list | map: 'a' | join: ', ' }}{{ task.input.text | split: ',' | first | to_json }}"
        "{{ task.input.day | date: '%Y' }}{{ task.input.list.size }}{{ task.input.list | sort | reverse }}"
    )


def test_a_folder_is_checked_and_each_problem_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "right.liquid.html").write_text("<script src='https://cdn.example.org/a.js'></script>")
    (tmp_path / "wrong.html").write_text("one\n{{ task.input.a | nope }}")
    (tmp_path / "latin.liquid").write_bytes(b"caf\xe9")
    (tmp_path / "notes.txt").write_text("{{ | }}")
    assert main([str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"ok     {tmp_path}/deep/right.liquid.html  (loads from cdn.example.org)",
        f"ok     {tmp_path}/latin.liquid",
        f"WRONG  {tmp_path}/wrong.html",
        "       Line 2: unknown filter 'nope'",
        "       {{ task.input.a | nope }}",
        "2 right, 1 wrong",
    ]
    (tmp_path / "wrong.html").unlink()
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path / "deep" / "nowhere")]) == 2
    assert main([]) == 2
