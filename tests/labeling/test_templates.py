"""Task templates, and instructions as safe HTML."""

from html.parser import HTMLParser
from typing import Any

import pytest

from labeling.instructions import MAX_CHARS, render_instructions
from labeling.models import TaskTemplate, TaskTemplateVersion
from labeling.services.task_templates import save_task_template
from maskwright.core.errors import Invalid
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job, photo
from tests.plugins.cast import Company

PICTURE = "/api/v1/uploads/01999999-9999-7999-8999-999999999999/files/cat.png"


class _Tags(HTMLParser):
    """Every element as a browser would see it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _tags(markdown: str) -> list[tuple[str, dict[str, str | None]]]:
    return _Tags(render_instructions(markdown)).found


def test_markdown_becomes_html() -> None:
    html = render_instructions("# Cats\n\n* **all**\n* parts\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
    for piece in ("<h1>Cats</h1>", "<strong>all</strong>", "<td>1</td>"):
        assert piece in html


def test_own_pictures_and_embedded_ones_are_shown() -> None:
    data = "data:image/png;base64,iVBORw0KGgo="
    assert _tags(f"![a cat]({PICTURE})") == [("p", {}), ("img", {"src": PICTURE, "alt": "a cat"})]
    assert _tags(f"![x]({data})")[1][1]["src"] == data


def test_links_open_apart() -> None:
    ((_, _), (tag, attributes)) = _tags("[help](https://example.org/a)")
    assert tag == "a"
    assert attributes["href"] == "https://example.org/a"
    assert set((attributes["rel"] or "").split()) >= {"noopener", "noreferrer"}
    assert attributes["target"] == "_blank"


_ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example/a)",
    "![x](https://evil.example/track.png)",
    "![x](//evil.example/track.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](/api/v1/uploads/01999999-9999-7999-8999-999999999999/files/../../../jobs)",
    "![x](/accounts/logout/)",
    "![x](" + PICTURE + ' "\\" onerror=\\"alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<style>*{background:url(//evil.example)}</style>",
    "<form action=//evil.example><input name=p>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '```x" onmouseover="alert(1)\ncode\n```',
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    '<https://evil.example/"onclick=alert(1)>',
]
_HARMLESS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@pytest.mark.parametrize("attack", _ATTACKS)
def test_nothing_runs_and_nothing_is_fetched_elsewhere(attack: str) -> None:
    for tag, attributes in _tags(attack):
        assert tag in _HARMLESS
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcset", "srcdoc")]
        if tag == "img" and "src" in attributes:
            assert (attributes["src"] or "").startswith((PICTURE, "data:image/png", "data:image/jpeg"))
        if "href" in attributes:
            assert (attributes["href"] or "").startswith(("https://", "http://", "mailto:"))


def test_too_long_instructions_are_refused_and_never_parsed(acme: Company) -> None:
    with organization_scope(acme.id), pytest.raises(Invalid):
        save_task_template(name="t", title="t", instructions="x" * (MAX_CHARS + 1))
    assert render_instructions("*" * (MAX_CHARS + 5)).startswith("<pre>***")


def _save(company: Company, **changes: Any) -> TaskTemplate:
    with organization_scope(company.id):
        return save_task_template(**({"name": "paint", "title": "Paint"} | changes))


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"name": " "}, {"name": "bad_name"}),
        ({"title": ""}, {"title": "bad_title"}),
        ({"title": "x" * 129}, {"title": "bad_title"}),
        ({"tools": []}, {"tools": "no_tools"}),
        ({"tools": ["brush", "laser"]}, {"tools.1": "unknown_tool"}),
        ({"tools": ["brush", "brush"]}, {"tools": "duplicate_tool"}),
        ({"time_limit_seconds": 29}, {"time_limit_seconds": "out_of_range"}),
        ({"time_limit_seconds": 28_801}, {"time_limit_seconds": "out_of_range"}),
        ({"name": "", "title": "", "tools": []}, {"name": "bad_name", "title": "bad_title", "tools": "no_tools"}),
    ],
)
def test_what_is_wrong_is_named(acme: Company, changes: dict[str, Any], codes: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        _save(acme, **changes)
    assert {field.path: field.code for field in caught.value.fields} == codes


def test_only_a_change_makes_a_version(acme: Company) -> None:
    template = _save(acme)
    _save(acme, task_template_id=template.pk)
    _save(acme, task_template_id=template.pk, name="renamed")
    with organization_scope(acme.id):
        assert TaskTemplateVersion.objects.filter(task_template=template).count() == 1
    _save(acme, task_template_id=template.pk, name="renamed", tools=["brush"])
    with organization_scope(acme.id):
        numbers = list(TaskTemplateVersion.objects.filter(task_template=template).values_list("number", flat=True))
    assert sorted(numbers) == [1, 2]


def test_the_preview_shows_what_labelers_will_see(acme: Company) -> None:
    body = {"instructions": "**Hi** <script>x</script>"}
    response = acme.client("manager").post("/api/v1/templates/preview", body, content_type="application/json")
    shown = "<p><strong>Hi</strong> &lt;script&gt;x&lt;/script&gt;</p>\n"
    assert response.json() == {"html": shown, "problems": []}


def test_the_api_reads_what_it_wrote_and_anothers_is_404(acme: Company, initech: Company) -> None:
    body = {"name": "paint", "title": "Paint", "tools": ["brush", "fill"], "time_limit_seconds": 60}
    created = acme.client("manager").post("/api/v1/templates", body, content_type="application/json")
    assert created.status_code == 201
    url = f"/api/v1/templates/{created.json()['id']}"
    assert acme.client("manager").get(url).json() == created.json()
    assert initech.client("manager").get(url).status_code == 404
    assert initech.client("manager").put(url, body, content_type="application/json").status_code == 404
    assert acme.client("manager").put(url, body, content_type="application/json").status_code == 200


def test_a_labeler_sees_the_pictures_of_his_instructions_and_no_other_uploads(acme: Company, initech: Company) -> None:
    manager, labeler = acme.client("manager"), acme.client("labeler")
    upload = manager.post("/api/v1/uploads", {"name": "help"}, content_type="application/json").json()["id"]
    for name in ("how.png", "how.png.png", "secret.png"):
        url = f"/api/v1/uploads/{upload}/files?name={name}"
        assert manager.put(url, photo(3, 2), content_type="application/octet-stream").status_code == 201
    base = f"/api/v1/uploads/{upload}/files"
    make_job(acme, instructions=f"![how]({base}/how.png.png) and ![x]({base}/how.png)")
    make_job(initech)
    assert labeler.get(f"{base}/how.png").content == photo(3, 2)
    assert labeler.get(f"{base}/how.png")["Content-Type"] == "image/png"
    assert labeler.get(f"{base}/secret.png").status_code == 404
    assert manager.get(f"{base}/secret.png").status_code == 200
    assert initech.client("manager").get(f"{base}/how.png").status_code == 404


def test_a_picture_is_not_shown_because_a_longer_name_is(acme: Company) -> None:
    manager = acme.client("manager")
    upload = manager.post("/api/v1/uploads", {"name": "help"}, content_type="application/json").json()["id"]
    base = f"/api/v1/uploads/{upload}/files"
    for name in ("a.png", "a.png.png"):
        manager.put(f"{base}?name={name}", photo(3, 2), content_type="application/octet-stream")
    make_job(acme, instructions=f"![how]({base}/a.png.png)")
    assert acme.client("labeler").get(f"{base}/a.png.png").status_code == 200
    assert acme.client("labeler").get(f"{base}/a.png").status_code == 404
