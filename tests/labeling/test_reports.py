"""Reports: counted from rows, the same in API, CSV and on the page, and a person's own pages."""

import csv
import io
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.selectors.reports import report
from maskwright.core.charts import Point, bars, columns
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job
from tests.labeling.test_reviews import answer_all, give_verdict
from tests.plugins.cast import Company
from tests.workforce.test_statements import answer_one, issue, old_rate


def _report(company: Company, query: str = "", who: str = "manager") -> Any:
    return company.client(who).get(f"/api/v1/reports{query}")


def test_throughput_acceptance_and_agreement_are_counted(acme: Company) -> None:
    first = make_job(acme, objects=1, labelers=3)
    answer_all(acme, first, {"labeler": 1, "labeler2": 1, "labeler3": 2})
    second = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    answer_all(acme, second, people=("labeler",))
    give_verdict(acme, second, verdict="return", to="other", reason="More ears.")
    found = _report(acme).json()
    whole = found["whole"]
    assert whole["key"] == "all"
    assert (whole["answers"], whole["accepted"]) == (4, 3)
    assert abs(whole["agreement"] - 2 / 3) < 0.001  # of the three-fold one; a single answer agrees with nobody
    jobs = {one["label"]: (one["answers"], one["accepted"], one["agreement"] is None) for one in found["jobs"]}
    assert jobs == {first.job.name: (3, 3, False), second.job.name: (1, 0, True)}
    people = {one["label"]: one["answers"] for one in found["labelers"]}
    assert people == {"acme-labeler": 2, "acme-labeler2": 1, "acme-labeler3": 1}
    assert {one["label"] for one in found["classes"]} == {"cat", "cup"}
    only = _report(acme, f"?work_queue={second.queue.pk}").json()
    assert only["whole"]["answers"] == 1 and [one["label"] for one in only["jobs"]] == [second.job.name]


def test_csv_has_the_same_figures_and_a_stranger_none_of_them(acme: Company, initech: Company) -> None:
    answer_all(acme, make_job(acme, objects=1, labelers=3))
    rows = list(csv.DictReader(io.StringIO(_report(acme, "?file=csv").content.decode("utf-8-sig"))))
    assert {(row["group"], row["answers"]) for row in rows if row["group"] in ("team", "job")} == {
        ("team", "3"),
        ("job", "3"),
    }
    assert _report(initech).json()["whole"]["answers"] == 0
    assert _report(acme, who="labeler").status_code == 403


def test_the_number_of_statements_does_not_grow_with_people_and_jobs(acme: Company) -> None:
    def statements() -> int:
        with organization_scope(acme.id), CaptureQueriesContext(connection) as captured:
            report(start=made.job.created_at, end=made.job.created_at.replace(year=2099), names=True)
        return len(captured)

    made = make_job(acme, objects=1, labelers=1)
    answer_all(acme, made, people=("labeler",))
    before = statements()
    for _ in range(3):
        answer_all(acme, make_job(acme, objects=1, labelers=3))
    assert statements() == before


def test_the_page_draws_charts_with_their_figures_beside(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=3)
    answer_all(acme, made)
    for url in ("/manage/workforce/workreport/", f"/manage/workforce/workreport/{made.queue.pk}/change/"):
        page = acme.browser("manager").get(url).content.decode()
        assert page.count('<svg class="mw-chart"') >= 3 and 'aria-label="Answers by day"' in page
        assert '<th scope="row">acme-labeler</th>' in page and made.job.name in page
    wrong = acme.browser("manager").get("/manage/workforce/workreport/?start=2026-02-01&end=2026-01-01")
    assert "The end must come after the start." in wrong.content.decode()


def test_charts_escape_names_and_stand_nothing_and_no_value() -> None:
    drawn = bars([Point("<b>&", (None,)), Point("x", (0.5,))], title="a <title>", most=1, percent=True)
    assert "<b>" not in drawn and "50 %" in drawn and "–" in drawn and "a &lt;title&gt;" in drawn
    assert "<rect" not in columns([], title="empty")


def test_a_persons_own_pages_show_his_time_pay_and_quality(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1)
    old_rate(acme, price_per_object=2)
    answer_one(acme, made, seconds=45)
    (statement,) = issue(acme, users=[str(acme.people["labeler"].pk)])
    answer_one(acme, made)
    browser = acme.browser("labeler")
    pages = {name: browser.get(f"/work/{name}/").content.decode() for name in ("time", "pay", "quality", "settings")}
    assert (made.job.name in pages["time"] and "45 s" in pages["time"]) or "46 s" in pages["time"]
    assert statement["number"] in pages["pay"] and "2.00 EUR" in pages["pay"]
    assert made.job.name in pages["quality"] and "100 %" in pages["quality"]
    assert made.job.name not in acme.browser("labeler2").get("/work/time/").content.decode()
    assert statement["number"] not in acme.browser("labeler2").get("/work/pay/").content.decode()
