"""Task templates in Liquid for managers: a job's page before it starts, trying, saving, exporting; what is plain."""

import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from labeling.liquid import render_template
from labeling.models import JobRevision, TaskTemplateVersion
from labeling.sagemaker.crowd import read_template
from labeling.services import frames
from labeling.services.label_sets import save_label_set
from labeling.services.task_templates import save_task_template
from labeling.services.template_export import liquid_of
from maskwright.core.scope import organization_scope
from tests.factories.frames import SCRIPT, SOURCE, file_of, framed_job
from tests.factories.jobs import CATEGORIES
from tests.plugins.cast import Company


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is the server's side, with or without the bundle."""
    monkeypatch.setattr(frames, "crowd_script", lambda language: SCRIPT)


def test_a_manager_sees_a_jobs_page_before_it_starts(acme: Company, globex: Company) -> None:
    made = framed_job(acme, start=False)
    url = f"/work/frames/jobs/{made.id}/"
    page = acme.browser("manager").get(url)
    assert page.status_code == 200 and SCRIPT in page.content.decode()
    assert Client().get(file_of(page.content.decode())).status_code == 200
    assert acme.browser("manager").get(f"{url}?object={uuid.uuid4()}").status_code == 404
    assert acme.browser("manager").get(f"{url}?object=x").status_code == 422
    assert acme.browser("labeler").get(url).status_code == 403
    assert globex.browser("manager").get(url).status_code == 404


def _try(company: Company, template: str, **more: Any) -> dict[str, Any]:
    answer = company.client("manager").post(
        "/api/v1/template-previews", {"template": template, **more}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_template_is_tried_before_it_is_saved(acme: Company, globex: Company) -> None:
    found = _try(acme, SOURCE.replace("</head>", "<script src='https://cdn.example.org/a.js'></script></head>"))
    assert found["errors"] == [] and found["hosts"] == ["cdn.example.org"]
    page = acme.browser("manager").get(found["url"]).content.decode()
    assert 'src="data:image/jpeg;base64,' in page and "cat" in page
    assert globex.browser("manager").get(found["url"]).status_code == 404
    assert acme.browser("labeler").get(found["url"]).status_code == 403
    cache.clear()
    assert acme.browser("manager").get(found["url"]).status_code == 404
    wrong = _try(acme, "a\n{{ b | nope }}")
    assert wrong["url"] is None
    assert wrong["errors"] == [
        {"code": "unknown_filter", "message": "unknown filter 'nope'", "line": 2, "column": 8, "text": "{{ b | nope }}"}
    ]
    with organization_scope(acme.id):
        labels = save_label_set(name="streets", categories=[{"name": "tram"}])
    shown = _try(acme, "{{ task.input.labels }}", label_set_id=str(labels.pk))
    assert b"tram" in acme.browser("manager").get(shown["url"]).content
    shown = _try(acme, "{{ task.input.a }}", input={"a": "own"})
    assert b"own" in acme.browser("manager").get(shown["url"]).content


def test_a_task_template_can_be_a_page_and_its_jobs_show_it(acme: Company) -> None:
    client = acme.client("manager")
    body = {"name": "pages", "title": "Paint", "source": SOURCE}
    made = client.post("/api/v1/templates", body, content_type="application/json")
    assert (made.status_code, made.json()["source"]) == (201, SOURCE)
    for wrong, code in (("<crowd-semantic-segmentation>{{ a | nope }}", "wrong_template"), ("<p>", "no_element")):
        refused = client.post("/api/v1/templates", {**body, "source": wrong}, content_type="application/json")
        assert [(one["path"], one["code"]) for one in refused.json()["fields"] if one["path"] == "source"] == [
            ("source", code)
        ]


def test_our_own_kind_is_exported_as_a_page_that_says_the_same(acme: Company) -> None:
    with organization_scope(acme.id):
        template = save_task_template(
            name="Street one", title='Paint "all" {{ braces }}', instructions="Paint **all** {% raw %}.\n\n- exact\n"
        )
    answer = acme.client("manager").get(f"/api/v1/templates/{template.pk}/liquid")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="street-one.liquid.html"'
    assert answer.headers["Content-Type"].startswith("text/plain")
    values = {"taskObject": "https://example.org/a.png", "labels": ["cat"]}
    page = render_template(answer.content.decode(), values).page
    assert 'header="Paint &quot;all&quot; {{ braces }}"' in page
    assert "<strong>all</strong> {% raw %}" in page and "<li>exact</li>" in page
    with organization_scope(acme.id):
        plain = save_task_template(name="plain", title="Paint", instructions="Paint **all**.\n\n- exact\n")
    source = acme.client("manager").get(f"/api/v1/templates/{plain.pk}/liquid").content.decode()
    found = read_template(source)
    assert found.is_plain and found.header == "Paint"


@pytest.mark.parametrize(
    "change",
    [
        ('name="crowd-semantic-segmentation"', 'name="annotator"'),
        ("</crowd-form>", "<p>more</p></crowd-form>"),
        ("</crowd-form>", "more</crowd-form>"),
        ("</crowd-form>", "</crowd-form><script>1</script>"),
        ("<crowd-form>", "<crowd-form onsubmit='x()'>"),
        ("task.input.taskObject", "task.input.other"),
        ("<p>Paint</p>", "<img src='x.png'>"),
        ("<p>Paint</p>", "{{ task.input.name }}"),
        ("labels=", "initial-value='{}' labels="),
        ("crowd-semantic-segmentation", "crowd-instance-segmentation"),
    ],
)
def test_a_template_that_says_more_is_no_plain_one(acme: Company, change: tuple[str, str]) -> None:
    source = liquid_of(TaskTemplateVersion(title="Paint", instructions="Paint"))
    assert read_template(source).is_plain
    assert not read_template(source.replace(*change)).is_plain


def test_a_changed_job_keeps_its_template(acme: Company) -> None:
    made = framed_job(acme)
    changed = acme.client("manager").patch(
        f"/api/v1/jobs/{made.id}", {"title": "Paint more"}, content_type="application/json"
    )
    assert changed.status_code == 200
    with organization_scope(acme.id):
        newest = JobRevision.objects.get(job_id=made.id, number=2)
    assert newest.source == SOURCE and newest.is_framed and newest.template_input["instructions"]
    assert newest.categories == CATEGORIES
