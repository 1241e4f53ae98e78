"""Which images of an input become data objects: names by patterns, and a share of these that stays the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.manifests import Subset, read_patterns
from labeling.models import DataObject, LabelingJob
from labeling.services.jobs.follow_up import FollowUp, follow_up_order
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.plugins.cast import Company


@pytest.mark.parametrize(
    ("patterns", "uri", "taken"),
    [
        ("", "s3://b/in/a.jpg", True),
        ("*.png", "s3://b/in/a.jpg", False),
        ("*.jpg", "s3://b/in/a.jpg", True),
        ("night/*", "s3://b/in/night/a.jpg", True),
        ("night/*", "s3://b/in/tonight/a.jpg", False),
        ("in/*.jpg", "s3://b/in/a.jpg", True),
        ("2026-??-01/*", "s3://b/2026-11-01/a.jpg", True),
        ("a.jpg\nb.jpg", "file:///data/b.jpg", True),
        ("*.jpg\n!night/*", "s3://b/in/night/a.jpg", False),
        ("!night/*", "s3://b/in/day/a.jpg", True),
        ("*.JPG", "s3://b/in/a.jpg", False),
        ("*.png", "", True),
    ],
)
def test_patterns_are_those_of_a_shell_from_a_slash_on(patterns: str, uri: str, taken: bool) -> None:
    assert Subset(read_patterns(patterns)).takes(uri) is taken


@given(st.integers(1, 100), st.text(max_size=8), st.lists(st.text(min_size=1, max_size=30), max_size=20))
def test_a_larger_share_holds_the_smaller_and_does_not_change(percent: int, seed: str, uris: list[str]) -> None:
    small, large = Subset((), percent, seed), Subset((), min(100, percent + 10), seed)
    chosen = [uri for uri in uris if small.takes(uri)]
    assert chosen == [uri for uri in uris if Subset((), percent, seed).takes(uri)]
    assert all(large.takes(uri) for uri in chosen)


def test_a_share_is_about_as_large_as_it_says() -> None:
    for seed in ("one job", "another"):
        taken = sum(Subset((), 30, seed).takes(f"s3://b/{number}.jpg") for number in range(4_000))
        assert 1_100 < taken < 1_300  # 0.3 of 4,000, within 3.4 standard deviations
    both = sum(
        Subset((), 30, "a").takes(f"s3://b/{n}") and Subset((), 30, "b").takes(f"s3://b/{n}") for n in range(4_000)
    )
    assert 280 < both < 440, "each job draws its own"


def _taken(company: Company, job: LabelingJob) -> list[str]:
    with organization_scope(company.id):
        return [
            uri.rpartition("/")[2] for uri in DataObject.objects.filter(job=job).values_list("source_ref", flat=True)
        ]


def _order(company: Company, **more: Any) -> LabelingJob:
    upload = make_upload(company, photos(12))
    job = order_job(company, f"upload://{upload.pk}/", **more)
    run_messages(company, "job.intake")
    return job


def test_only_what_is_chosen_becomes_a_data_object_and_the_rest_is_counted(acme: Company) -> None:
    names = sorted(photos(12))
    job = _order(acme, input_filter=f"{names[1]}\n  {names[4]} \n\n")
    assert _taken(acme, job) == [names[1], names[4]]
    manager = acme.client("manager")
    report = manager.get(f"/api/v1/jobs/{job.pk}/preflight").json()
    assert (report["state"], report["usable"], report["not_chosen"], report["lines"]) == ("ready", 2, 10, 12)
    told = manager.get(f"/api/v1/jobs/{job.pk}").json()
    assert (told["input_filter"], told["sample_percent"]) == (f"{names[1]}\n{names[4]}", 100)
    page = acme.browser("manager").get(f"/manage/labeling/labelingjob/{job.pk}/change/").content.decode()
    assert "Not in the sample</dt><dd>10</dd>" in page and f"{names[1]}, {names[4]}" in page
    manager.post(f"/api/v1/jobs/{job.pk}/preflight", {}, content_type="application/json")
    run_messages(acme, "job.intake")
    assert _taken(acme, job) == [names[1], names[4]], "checked again, it is the same photos"
    with organization_scope(acme.id):
        assert follow_up_order(job.pk, FollowUp.CLONE)["input_filter"] == job.input_filter


def test_a_job_of_which_nothing_is_left_says_why(acme: Company) -> None:
    job = _order(acme, input_filter="*.tiff")
    detail = acme.client("manager").get(f"/api/v1/jobs/{job.pk}").json()
    assert detail["state"] == "failed"
    assert detail["failure_reason"].startswith("The filter and the sample leave none of the 12 photos.")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"input_filter": "x" * 201}, {"input_filter": "bad_filter"}),
        ({"input_filter": "a\n" * 51}, {"input_filter": "bad_filter"}),
        ({"sample_percent": 0}, {"sample_percent": "out_of_range"}),
        ({"sample_percent": 101}, {"sample_percent": "out_of_range"}),
        (
            {"sample_percent": "half", "input_filter": "x" * 201},
            {"sample_percent": "invalid", "input_filter": "bad_filter"},
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(acme: Company, given: dict[str, Any], code: dict[str, str]) -> None:
    body = {"name": "street", "input_uri": "upload://x/", "label_set_id": None, "task_template_id": None} | given
    response = acme.client("manager").post("/api/v1/jobs", body, content_type="application/json")
    found = {field["path"]: field["code"] for field in response.json()["fields"]}
    assert response.status_code == 422 and found.items() >= code.items()
