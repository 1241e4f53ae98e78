"""Three organizations: offered 60/40, refused, offered again, worked on, reviewed, withdrawn, revoked and paid."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.answers import CAT, COLORS, Box, painted
from tests.end_to_end.client import Client, mask_png, photo
from tests.end_to_end.stack import eventually
from tests.end_to_end.test_vendor import signed_in
from tests.end_to_end.vendor import CustomerPages, VendorPages

PHOTOS = {f"{number:02}.png": photo(number) for number in range(10)}
MASK = mask_png(painted(Box(CAT, 10, 10, 50, 60)), COLORS)
#: Three of Hooli's are 1.365, which is issued as 1.37.
GLOBEX_PRICE, HOOLI_LOW, HOOLI_PRICE = "0.37", "0.2", "0.455"
ACCEPT = {"verdict": "accept"}
RETURN = {"verdict": "return", "reason": "The edge is too coarse."}


def test_a_job_is_shared_reviewed_withdrawn_revoked_and_paid(make_cast: Callable[..., Any], browser: Browser) -> None:
    acme = make_cast(labelers=0, reviewers=1)
    globex = make_cast(labelers=2, company="Globex", is_vendor=True)
    hooli = make_cast(labelers=1, company="Hooli", is_vendor=True)
    customer, reviewer = acme.client("manager"), acme.client("reviewer1")
    job = order(acme, customer)
    globex.client("manager").create_team("day shift", globex.ids("labeler1", "labeler2"))
    hooli.client("manager").create_team("night shift", hooli.ids("labeler1"))
    pages = CustomerPages(signed_in(acme, browser), job)
    first, second = VendorPages(signed_in(globex, browser)), VendorPages(signed_in(hooli, browser))

    # Offers: the second vendor refuses with a reason and takes a better one.
    pages.offer(globex.organization, "Sixty percent", share=60, price=GLOBEX_PRICE)
    pages.offer(hooli.organization, "Forty percent", share=40, price=HOOLI_LOW)
    first.accept("Sixty percent")
    first.staff("Sixty percent", "day shift")
    second.decline("Forty percent", "Too little for such edges")
    expect_shares(pages, {globex.organization: "60 %", "Free to be offered": "40 %"})
    expect(pages.page.get_by_text("Too little for such edges")).to_be_visible()
    pages.offer(hooli.organization, "Forty, better paid", share=40, price=HOOLI_PRICE)
    second.accept("Forty, better paid")
    second.staff("Forty, better paid", "night shift")
    expect(first.page.get_by_text(hooli.organization)).to_have_count(0)
    customer.start_job(job)

    # Globex labels its six, the first of them by hand; two come back from the review and are done again.
    one, two = globex.client("labeler1"), globex.client("labeler2")
    by_hand = globex.at_browser(browser, "labeler1")
    by_hand.sign_in()
    by_hand.start_working()
    by_hand.editor.wait_for()
    number = by_hand.editor.image_number
    by_hand.editor.box("cat", 10, 10, 50, 60)
    by_hand.editor.submit()
    by_hand.editor.wait_closed(number)
    by_hand.page.goto("/work/")
    label(one, job, 3)
    label(two, job, 2)
    assert one.claim(job) is None and two.claim(job) is None, "six of ten and no more"
    for verdict in (RETURN, RETURN, ACCEPT, ACCEPT, ACCEPT, ACCEPT):
        review(reviewer, job, verdict)
    do_again(one, two, job=job, count=2)
    for _ in range(2):
        review(reviewer, job, ACCEPT)
    worker = hooli.client("labeler1")
    label(worker, job, 3)
    for _ in range(3):
        review(reviewer, job, ACCEPT)
    held = worker.wait_for_claim(job)

    # The customer withdraws what one pseudonym did; the other labels it anew.
    withdraws(pages.page, customer, job, code_of(customer, job, accepted=2), cost="0.74 EUR")
    label(one, job, 2)
    assert two.claim(job) is None, "what was withdrawn does not come back to its labeler"
    for _ in range(2):
        review(reviewer, job, ACCEPT)

    # The grant is revoked: what was done stays, what is held ends, the share is free again.
    pages.end(hooli.organization)
    assert refused(worker, held)
    expect_shares(pages, {globex.organization: "60 %", "Free to be offered": "40 %"})
    eventually(lambda: states(customer, job) == ["done"] * 9 + ["open"], within=20, what="Nine finished photos")
    assert sum("cats-ref" in line for line in customer.manifest(job)) == 9

    # Statements: six and three answers count, to the cent, and both sides read the same.
    vendors = {one["name"]: one["id"] for one in customer.get("vendors", limit=200)["results"]}
    for vendor, pages_of, total in ((globex, first, "2.22"), (hooli, second, "1.37")):
        issued = customer.post("statements", {"vendor": vendors[vendor.organization]})
        assert [(str(one["total"]), one["currency"]) for one in issued] == [(total, "EUR")]
        [read] = vendor.client("manager").get("statements")["results"]
        assert (read["id"], str(read["total"])) == (issued[0]["id"], total)
        pages_of.page.goto("/manage/workforce/statement/")
        expect(pages_of.page.get_by_text(re.compile(re.escape(total)))).to_be_visible()
    assert [error for cast in (acme, globex, hooli) for person in cast.people for error in person.errors] == []


def order(acme: Any, customer: Client) -> str:
    """Ten photos for vendors, one answer each, all of them reviewed."""
    job = customer.create_job(
        "cats",
        input_uri=customer.upload("cats", PHOTOS),
        label_set_id=customer.create_label_set("cats", ("cat", "cup", "vase"), list(COLORS.values())),
        task_template_id=customer.create_template("cats"),
        number_of_labelers=1,
        for_vendor=True,
        review_team_id=customer.create_team("reviewers", acme.ids("reviewer1")),
        review_share=1.0,
    )
    customer.wait_for_job(job, "ready")
    return job


def expect_shares(pages: CustomerPages, wanted: dict[str, str]) -> None:
    pages.page.goto(pages.address)
    rows = pages.page.locator("section", has=pages.page.get_by_role("heading", name="Shares", exact=True)).locator(
        "tbody tr"
    )
    expect(rows).to_have_count(len(wanted))
    for who, percent in wanted.items():
        expect(rows.filter(has_text=who)).to_contain_text(percent)


def label(client: Client, job: str, count: int) -> None:
    for _ in range(count):
        client.submit(client.wait_for_claim(job), MASK)


def do_again(*clients: Client, job: str, count: int) -> None:
    """Answer what came back, whoever of them it came back to."""

    def next_of_anybody() -> tuple[Client, dict[str, Any]] | None:
        return next(((client, held) for client in clients if (held := client.claim(job)) is not None), None)

    for _ in range(count):
        client, held = eventually(next_of_anybody, within=20, what="An answer that came back")
        client.submit(held, MASK)


def review(client: Client, job: str, verdict: dict[str, Any]) -> None:
    held = client.wait_for_claim(job, within=20)
    headers = {"X-Fencing-Token": str(held["token"]), "Idempotency-Key": str(uuid.uuid4())}
    body = {"kind": "review", "content": verdict}
    client.call("POST", f"work/claims/{held['id']}/submit", headers=headers, json=body)


def code_of(customer: Client, job: str, *, accepted: int) -> str:
    """The pseudonym of the labeler with so many answers that count."""
    people = customer.get(f"jobs/{job}/shares")["people"]
    [found] = [one["code"] for one in people if one["answers"]["accepted"] == accepted]
    return str(found)


def withdraws(page: Page, customer: Client, job: str, code: str, *, cost: str) -> None:
    page.goto(f"/manage/labeling/labelingjob/{job}/offers/")
    page.locator("tr", has_text=code).get_by_role("link", name="Withdraw").click()
    page.get_by_label("Reason").fill("A bad Monday")
    page.get_by_role("button", name="Show what will happen").click()
    shown = page.locator("#preview")
    expect(shown.locator("div", has_text="Answers").first).to_contain_text("2")
    expect(shown).to_contain_text(cost)
    page.get_by_role("button", name="Withdraw these answers").click()
    expect(page.get_by_text("Withdrawn. The photos are offered to others")).to_be_visible()

    def applied() -> bool:
        [row] = customer.get(f"jobs/{job}/withdrawals")["results"]
        return bool(row["state"] == "applied" and row["answers"] == 2)

    eventually(applied, within=20, what="The withdrawal")


def refused(client: Client, held: dict[str, Any]) -> bool:
    headers = {"X-Fencing-Token": str(held["token"]), "Idempotency-Key": str(uuid.uuid4()), "Content-Type": "image/png"}
    url = f"/api/v1/work/claims/{held['id']}/submit"
    return client.http.post(url, headers=headers, content=MASK).status_code in (404, 409)


def states(customer: Client, job: str) -> list[str]:
    return sorted(row["state"] for row in customer.get(f"jobs/{job}/objects", limit=200)["results"])
