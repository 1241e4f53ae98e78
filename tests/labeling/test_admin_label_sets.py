"""Label sets and task templates in the managers' admin: versions, refusals, and that nothing is half-made."""

import uuid
from typing import Any

from labeling.models import LabelSet, LabelSetVersion, TaskTemplate, TaskTemplateVersion
from labeling.services.label_sets import current_categories, save_label_set
from labeling.services.task_templates import current_version, save_task_template
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import submit
from tests.factories.inputs import make_upload, order_job, photos
from tests.factories.jobs import make_job
from tests.plugins.cast import Company

ADD = "/manage/labeling/labelset/add/"


def _change(label_set: LabelSet) -> str:
    return f"/manage/labeling/labelset/{label_set.pk}/change/"


def _made(company: Company, **changes: Any) -> LabelSet:
    categories = [{"name": "cat", "color": "#2ca02c", "key": "1"}, {"name": "cup", "color": "#1f77b4", "key": "2"}]
    with organization_scope(company.id):
        return save_label_set(**{"name": "things", "categories": categories, **changes})


def _categories(company: Company, label_set_id: uuid.UUID) -> list[dict[str, Any]]:
    with organization_scope(company.id):
        return current_categories(LabelSet.objects.get(pk=label_set_id))


def test_rows_are_saved_in_their_order_and_empty_ones_left_out(acme: Company) -> None:
    data = {
        "name": "things",
        "categories-0-name": "cup",
        "categories-0-ORDER": "2",
        "categories-0-key": "c",
        "categories-1-name": "cat",
        "categories-1-ORDER": "1",
        "categories-1-color": "#123456",
        "categories-1-description": "with whiskers",
    }
    response = submit(acme.browser("manager"), ADD, **data)
    assert response.status_code == 302
    with organization_scope(acme.id):
        found = current_categories(LabelSet.objects.get())
    assert [(one["name"], one["index"]) for one in found] == [("cat", 1), ("cup", 2)]
    assert found[0]["color"] == "#123456" and found[0]["description"] == "with whiskers"
    assert found[1]["key"] == "c"


def test_more_rows_than_were_shown_are_taken(acme: Company) -> None:
    """Rows that a script adds to the page have numbers after the last one shown."""
    rows = {f"categories-{n}-{name}": value for n in range(40) for name, value in (("name", f"n{n}"), ("color", ""))}
    colors = {f"categories-{n}-color": f"#0000{n:02x}" for n in range(40)}
    response = submit(
        acme.browser("manager"), ADD, **{"name": "many", "categories-TOTAL_FORMS": "40", **rows, **colors}
    )
    assert response.status_code == 302
    with organization_scope(acme.id):
        assert len(current_categories(LabelSet.objects.get())) == 40


def test_every_violation_shows_in_its_own_cell_at_once(acme: Company) -> None:
    data = {
        "name": "",
        "categories-0-name": "cat",
        "categories-0-index": "999",
        "categories-1-name": "",
        "categories-1-key": "x",
    }
    page = submit(acme.browser("manager"), ADD, **data)
    form = page.context["form"]
    assert page.status_code == 200
    assert list(form.errors) == ["name"]
    assert [sorted(row.errors) for row in form.table.forms[:2]] == [["index"], ["name"]]


def test_the_services_refusals_land_on_rows_and_nothing_is_made(acme: Company) -> None:
    data = {
        "name": "things",
        "categories-0-name": "cat",
        "categories-0-key": "1",
        "categories-1-name": "Cat",
        "categories-1-key": "1",
        "categories-2-name": "background",
    }
    page = submit(acme.browser("manager"), ADD, **data)
    rows = page.context["form"].table.forms
    assert sorted(rows[1].errors) == ["key", "name"] and sorted(rows[2].errors) == ["name"]
    assert b"Another category has this name" in page.content
    with organization_scope(acme.id):
        assert not LabelSet.objects.exists() and not LabelSetVersion.objects.exists()


def test_saving_makes_a_version_only_when_something_changed(acme: Company) -> None:
    label_set, browser = _made(acme), acme.browser("manager")
    assert submit(browser, _change(label_set)).status_code == 302
    assert submit(browser, _change(label_set), **{"categories-0-color": "#ff0000"}).status_code == 302
    with organization_scope(acme.id):
        numbers = (
            LabelSetVersion.objects.filter(label_set=label_set).order_by("number").values_list("number", flat=True)
        )
        assert list(numbers) == [1, 2]
    assert _categories(acme, label_set.pk)[0]["color"] == "#ff0000"


def test_an_index_does_not_change(acme: Company) -> None:
    label_set = _made(acme)
    page = submit(acme.browser("manager"), _change(label_set), **{"categories-0-index": "7"})
    assert page.status_code == 200
    assert "index 1 in masks already made" in page.content.decode()
    assert [one["index"] for one in _categories(acme, label_set.pk)] == [1, 2]


def test_a_category_goes_away_while_no_job_uses_it_and_stays_afterwards(acme: Company) -> None:
    unused, browser = _made(acme), acme.browser("manager")
    assert submit(browser, _change(unused), **{"categories-1-DELETE": "on"}).status_code == 302
    assert [one["name"] for one in _categories(acme, unused.pk)] == ["cat"]
    used = _made(acme, name="used")
    order_job(acme, f"upload://{make_upload(acme, photos(1)).pk}/", label_set_id=used.pk)
    page = submit(browser, _change(used), **{"categories-1-DELETE": "on"})
    assert page.status_code == 200 and "A job uses" in page.content.decode()
    assert len(_categories(acme, used.pk)) == 2


def test_who_edits_an_old_version_is_told(acme: Company) -> None:
    label_set, browser = _made(acme), acme.browser("manager")
    submit(browser, _change(label_set), **{"categories-0-color": "#ff0000"})
    page = submit(browser, _change(label_set), seen="1", **{"categories-0-color": "#00ff00"})
    assert page.status_code == 200 and "Somebody saved version 2" in page.content.decode()
    assert _categories(acme, label_set.pk)[0]["color"] == "#ff0000"


def test_255_categories_can_be_edited(acme: Company) -> None:
    label_set = _made(acme, categories=[{"name": f"class {n}"} for n in range(1, 256)])
    browser = acme.browser("manager")
    response = submit(browser, _change(label_set), **{"categories-254-name": "the last"})
    assert response.status_code == 302
    assert _categories(acme, label_set.pk)[254]["name"] == "the last"


def test_a_template_is_made_and_changed_in_versions(acme: Company) -> None:
    browser = acme.browser("manager")
    data = {"name": "paint", "title": "Paint", "instructions": "# How\n\nCarefully.", "time_limit_minutes": "1.5"}
    response = submit(
        browser, "/manage/labeling/tasktemplate/add/", **data, tools=["brush", "eraser"], allow_empty=None
    )
    assert response.status_code == 302
    with organization_scope(acme.id):
        template = TaskTemplate.objects.get()
        version = current_version(template)
    assert version is not None
    assert (version.title, version.time_limit_seconds, version.tools) == ("Paint", 90, ["brush", "eraser"])
    assert not version.allow_empty and version.allow_impossible
    submit(browser, response["Location"], title="Paint all")
    with organization_scope(acme.id):
        assert TaskTemplateVersion.objects.filter(task_template=template).count() == 2


def test_all_problems_of_a_template_show_at_once(acme: Company) -> None:
    data = {"name": "", "title": "", "time_limit_minutes": "9999"}
    page = submit(acme.browser("manager"), "/manage/labeling/tasktemplate/add/", **data, tools=["chisel"])
    assert set(page.context["form"].errors) == {"name", "title", "time_limit_minutes", "tools"}
    with organization_scope(acme.id):
        assert not TaskTemplate.objects.exists()


def test_the_preview_shows_an_own_photo_or_leaves_it_to_the_browser(acme: Company, initech: Company) -> None:
    order_job(initech, f"upload://{make_upload(initech, photos(1)).pk}/")
    with organization_scope(acme.id):
        template = save_task_template(name="paint", title="Paint")
    url = f"/manage/labeling/tasktemplate/{template.pk}/change/"
    page = acme.browser("manager").get(url)
    assert page.context["preview"]["image"] is None
    assert "<mw-template-preview" in page.content.decode()
    photo = make_job(acme, objects=1).tasks[0].data_object
    page = acme.browser("manager").get(url)
    assert page.context["preview"]["image"] == {"url": f"/api/v1/objects/{photo.pk}/image", "width": 12, "height": 8}
    assert acme.browser("manager").get(page.context["preview"]["image"]["url"]).status_code == 200
