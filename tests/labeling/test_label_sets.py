"""Label sets and their versions."""

import uuid
from typing import Any

import pytest

from labeling.models import LabelingJob, LabelSet, LabelSetVersion
from labeling.services.label_sets import current_categories, save_label_set
from maskwright.core.errors import Invalid, NotFound
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job
from tests.plugins.cast import Company


def _save(company: Company, categories: list[dict[str, Any]], **changes: Any) -> LabelSet:
    with organization_scope(company.id):
        return save_label_set(**({"name": "things", "categories": categories} | changes))


def _codes(company: Company, categories: list[dict[str, Any]], **changes: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        _save(company, categories, **changes)
    return {field.path: field.code for field in caught.value.fields}


def _stored(company: Company, label_set: LabelSet) -> list[dict[str, Any]]:
    with organization_scope(company.id):
        label_set.refresh_from_db()
        return current_categories(label_set)


def test_what_is_left_out_is_filled_in(acme: Company) -> None:
    label_set = _save(acme, [{"name": "cat"}, {"name": "cup", "index": 1, "color": "#ABC", "key": "q"}])
    assert _stored(acme, label_set) == [
        {"index": 2, "name": "cat", "color": "#1f77b4", "key": "", "description": ""},
        {"index": 1, "name": "cup", "color": "#aabbcc", "key": "q", "description": ""},
    ]


def test_one_and_255_categories_are_enough_and_not_too_many(acme: Company) -> None:
    _save(acme, [{"name": "only"}], name="one")
    many = _save(acme, [{"name": f"class {n}"} for n in range(255)], name="many")
    categories = _stored(acme, many)
    assert [category["index"] for category in categories] == list(range(1, 256))
    assert len({category["color"] for category in categories}) == 255
    assert _codes(acme, [], name="none") == {"categories": "no_labels"}
    assert _codes(acme, [{"name": f"class {n}"} for n in range(300)], name="300") == {"categories": "too_many_labels"}


@pytest.mark.parametrize(
    ("categories", "codes"),
    [
        ([{"name": ""}], {"categories.0.name": "bad_name"}),
        ([{"name": "x" * 257}], {"categories.0.name": "bad_name"}),
        ([{"name": "a\0b"}], {"categories.0.name": "bad_name"}),
        ([{"name": "Background"}], {"categories.0.name": "reserved_name"}),
        ([{"name": "cat"}, {"name": "CAT"}], {"categories.1.name": "duplicate_name"}),
        ([{"name": "a", "key": "1"}, {"name": "b", "key": "1"}], {"categories.1.key": "duplicate_key"}),
        ([{"name": "a", "key": "ab"}], {"categories.0.key": "bad_key"}),
        ([{"name": "a", "index": 0}], {"categories.0.index": "bad_index"}),
        ([{"name": "a", "index": 256}], {"categories.0.index": "bad_index"}),
        ([{"name": "a", "index": 3}, {"name": "b", "index": 3}], {"categories.1.index": "duplicate_index"}),
        ([{"name": "a", "color": "red"}], {"categories.0.color": "bad_color"}),
        (
            [
                {"name": "a", "index": 3, "color": "red"},
                {"name": "b", "index": 3},
                {"name": "c", "index": 0, "color": "x"},
            ],
            {
                "categories.0.color": "bad_color",
                "categories.1.index": "duplicate_index",
                "categories.2.index": "bad_index",
                "categories.2.color": "bad_color",
            },
        ),
        ([{"name": "a", "color": "#ffffff"}], {"categories.0.color": "reserved_color"}),
        (
            [{"name": "a", "color": "#123456"}, {"name": "b", "color": "#123456"}],
            {"categories.1.color": "duplicate_color"},
        ),
        (
            [{"name": "", "key": "xx"}, {"name": "BACKGROUND", "index": 999}],
            {
                "categories.0.name": "bad_name",
                "categories.0.key": "bad_key",
                "categories.1.name": "reserved_name",
                "categories.1.index": "bad_index",
            },
        ),
    ],
)
def test_what_is_wrong_is_named(acme: Company, categories: list[dict[str, Any]], codes: dict[str, str]) -> None:
    found = _codes(acme, categories)
    assert codes.items() <= found.items()
    assert set(found) <= {*codes, "categories.1.color"}


def test_only_a_change_makes_a_version(acme: Company) -> None:
    label_set = _save(acme, [{"name": "cat"}])
    same = _stored(acme, label_set)
    _save(acme, same, label_set_id=label_set.pk, description="Things on tables")
    with organization_scope(acme.id):
        assert LabelSetVersion.objects.filter(label_set=label_set).count() == 1
    _save(acme, [*same, {"name": "cup"}], label_set_id=label_set.pk)
    with organization_scope(acme.id):
        first, second = LabelSetVersion.objects.filter(label_set=label_set).order_by("number")
        assert (len(first.categories), len(second.categories)) == (1, 2)


def test_a_category_keeps_its_index(acme: Company) -> None:
    label_set = _save(acme, [{"name": "cat"}, {"name": "cup"}])
    swapped = [{"name": "cat", "index": 2}, {"name": "cup", "index": 1}]
    found = _codes(acme, swapped, label_set_id=label_set.pk)
    assert found == {"categories.0.index": "reindexed", "categories.1.index": "reindexed"}


def test_a_used_category_cannot_be_removed(acme: Company) -> None:
    label_set = _save(acme, [{"name": "cat"}, {"name": "cup"}])
    one = _stored(acme, label_set)[:1]
    made = make_job(acme)
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=made.id).update(label_set=label_set)
    assert _codes(acme, one, label_set_id=label_set.pk) == {"categories": "removed"}
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=made.id).update(label_set=None)
    _save(acme, one, label_set_id=label_set.pk)


def test_names_are_once_in_an_organization(acme: Company, initech: Company) -> None:
    _save(acme, [{"name": "cat"}])
    assert _codes(acme, [{"name": "cat"}]) == {"name": "name_taken"}
    _save(initech, [{"name": "cat"}])


def test_anothers_label_set_is_not_there(acme: Company, initech: Company) -> None:
    label_set = _save(acme, [{"name": "cat"}])
    url = f"/api/v1/label-sets/{label_set.pk}"
    body = {"name": "mine now", "categories": [{"name": "dog"}]}
    for company, status in ((initech, 404), (acme, 200)):
        assert company.client("manager").get(url).status_code == status
        found = company.client("manager").put(url, body, content_type="application/json")
        assert found.status_code == status
    with organization_scope(acme.id), pytest.raises(NotFound):
        save_label_set(label_set_id=uuid.uuid4(), name="x", categories=[])


def test_the_api_reads_what_it_wrote(acme: Company) -> None:
    client = acme.client("manager")
    body = {"name": "things", "description": "d", "categories": [{"name": "cat", "key": "c", "description": "a cat"}]}
    created = client.post("/api/v1/label-sets", body, content_type="application/json")
    assert created.status_code == 201
    assert client.get(f"/api/v1/label-sets/{created.json()['id']}").json() == created.json()
    assert created.json()["categories"][0]["description"] == "a cat"
    wrong = client.post("/api/v1/label-sets", {"name": "w", "categories": [{}]}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["fields"][0]["path"]) == (422, "categories.0.name")
    refused = acme.client("labeler").post("/api/v1/label-sets", body, content_type="application/json")
    assert refused.status_code == 403
