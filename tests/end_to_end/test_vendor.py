"""A customer lends a job to a vendor: pushed, painted under a pseudonym, and ended by the customer at once."""

import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from playwright.sync_api import Browser, expect

from tests.end_to_end.answers import CAT, CUP, HEIGHT, WIDTH, Box, painted
from tests.end_to_end.browser import Person
from tests.end_to_end.client import COLORS, Client, mask_pixels, mask_png, photo
from tests.end_to_end.stack import eventually
from tests.end_to_end.vendor import CustomerPages, VendorPages, Watching

PHOTOS = {f"{name}.png": photo(seed) for seed, name in enumerate("abc")}
SENT, UNSENT = Box(CAT, 10, 10, 50, 60), Box(CUP, 90, 20, 130, 80)
# Sooner than an idle page asks by itself (13.5 seconds or more), so it was pushed. How soon: test_waiting.py.
PUSHED_SECONDS = 10
REVOKE_SECONDS = 5
NO_WORK = re.compile("no open job")


def test_a_vendor_works_until_the_customer_ends_it(make_cast: Callable[..., Any], browser: Browser) -> None:
    acme = make_cast(labelers=0)
    globex = make_cast(labelers=2, company="Globex", is_vendor=True)
    customer, employer = acme.client("manager"), globex.client("manager")
    names = [globex.accounts[name]["username"] for name in ("labeler1", "labeler2")]
    employer.create_team("night shift", globex.ids("labeler1", "labeler2"))
    job = lend(customer, "lent", PHOTOS)

    # The labelers wait before there is anything; they press Start once and nothing after that.
    people = [globex.at_browser(browser, name) for name in ("labeler1", "labeler2")]
    seen = [sit_waiting(person) for person in people]
    customer_pages = CustomerPages(signed_in(acme, browser), job)
    vendor_pages = VendorPages(signed_in(globex, browser))
    customer_pages.offer(globex.organization, "Three photos")
    vendor_pages.accept("Three photos")
    vendor_pages.staff("Three photos", "night shift")
    for person in people:
        expect(person.page.get_by_role("heading", name="The job has not started yet")).to_be_visible()
    customer.start_job(job)
    for person in people:
        expect(person.editor.root.get_by_test_id("coverage")).to_be_visible(timeout=PUSHED_SECONDS * 1000)

    check_photos_are_private(people, seen, customer, job)
    check_vendors_manager_sees_no_photo(vendor_pages, customer, job)

    # One answer is sent; then both have begun with a photo that they will not finish.
    first = people[0]
    done = first.editor.image_number
    first.editor.box("cat", SENT.left, SENT.top, SENT.right, SENT.bottom)
    first.editor.submit()
    first.editor.wait_closed(done)
    for person in people:
        person.editor.wait_for()
        person.editor.box("cup", UNSENT.left, UNSENT.top, UNSENT.right, UNSENT.bottom)
    assert status(first, seen[0].photos[0]) == 409, "his own photo, but he has sent it"
    check_customer_sees_pseudonyms(customer_pages, customer, job, done, names)

    # Asked again, the live claim is answered. A page that fetched the photo ahead never asks for it by this address.
    held = [
        assignment["image"]["url"] for name in ("labeler1", "labeler2") if (assignment := globex.client(name).claim())
    ]
    assert [status(person, url) for person, url in zip(people, held, strict=True)] == [200, 200]
    customer_pages.end()
    ended = time.time()
    for person, url in zip(people, held, strict=True):
        eventually(partial(_is_gone, person, url), within=REVOKE_SECONDS, what="The photo's end")
        told = person.page.get_by_role("alert").filter(has_text="taken away from you")
        expect(told).to_be_visible(timeout=REVOKE_SECONDS * 1000)
    assert time.time() - ended <= REVOKE_SECONDS
    for number, person in enumerate(people):
        check_nothing_goes_on(globex.client(f"labeler{number + 1}"), person, held[number])

    check_pushes_ended(people, seen, customer, job)
    check_work_stays_with_the_customer(customer, job, done)
    control_preview_and_pushes(acme, globex, customer_pages, vendor_pages, people, seen)
    assert [error for cast in (acme, globex) for person in cast.people for error in person.errors] == []


def lend(customer: Client, name: str, files: dict[str, bytes]) -> str:
    """A job for a vendor, ready to start, without a team of the customer's own."""
    job = customer.create_job(
        name,
        input_uri=customer.upload(name, files),
        label_set_id=customer.create_label_set(name, ("cat", "cup", "vase"), COLORS[:3]),
        task_template_id=customer.create_template(name),
        number_of_labelers=1,
        for_vendor=True,
    )
    customer.wait_for_job(job, "ready")
    return job


def signed_in(cast: Any, browser: Browser) -> Person:
    person: Person = cast.at_browser(browser, "manager")
    person.sign_in()
    return person


def sit_waiting(person: Person) -> Watching:
    person.sign_in()
    watching = Watching(person.page)
    person.start_working()
    expect(person.page.get_by_role("heading", name=NO_WORK)).to_be_visible()
    expect(person.page.get_by_text("Live", exact=True)).to_be_visible()
    return watching


def status(person: Person, url: str) -> int:
    """Asked with the person's own session."""
    return int(person.context.request.get(url).status)


def _is_gone(person: Person, url: str) -> bool:
    return status(person, url) == 404


def check_photos_are_private(people: list[Person], seen: list[Watching], customer: Client, job: str) -> None:
    """Each page asked for one photo, of its own claim; nobody opens the other's, or one by the object's address."""
    assert [len(watching.photos) for watching in seen] == [1, 1]
    assert seen[0].photos != seen[1].photos
    objects = customer.objects(job)
    for person, own, other in ((people[0], seen[0], seen[1]), (people[1], seen[1], seen[0])):
        assert status(person, own.photos[0]) == 200
        assert status(person, other.photos[0]) == 404
        assert {status(person, f"/api/v1/objects/{one['id']}/image") for one in objects} <= {403, 404}


def check_vendors_manager_sees_no_photo(pages: VendorPages, customer: Client, job: str) -> None:
    pages.open("Three photos")
    main = pages.page.locator("main")
    expect(main.get_by_role("heading", name="Paint what you see: lent")).to_be_visible()
    expect(main.locator("strong", has_text="every")).to_be_visible()
    expect(main.locator(".manage-counts dd").filter(has_text=re.compile("^3$"))).to_be_visible()
    expect(main.locator("img")).to_have_count(0)
    for one in customer.objects(job):
        assert pages.page.context.request.get(f"/api/v1/objects/{one['id']}/image").status == 404
    assert pages.page.context.request.get(f"/manage/labeling/labelingjob/{job}/change/").status == 404


def check_customer_sees_pseudonyms(
    pages: CustomerPages, customer: Client, job: str, done: int, names: list[str]
) -> None:
    data_object = customer.objects(job)[done - 1]
    (answer,) = data_object["annotations"]
    assert answer["labeler"].startswith("vendor.")
    shown = {}
    for path in (
        f"labelingjob/{job}/change/",
        f"labelingjob/{job}/history/",
        f"dataobject/{data_object['id']}/change/",
    ):
        pages.page.goto(f"/manage/labeling/{path}")
        shown[path] = pages.page.content()
    shown["api"] = str(customer.objects(job)) + str(customer.get(f"jobs/{job}"))
    assert answer["labeler"] in shown[f"dataobject/{data_object['id']}/change/"]
    assert {(path, name) for path, text in shown.items() for name in names if name in text} == set()


def check_nothing_goes_on(client: Client, person: Person, image: str) -> None:
    """What is painted stays in sight until he has read that it was not sent; his claim is over for every call."""
    claim = image.rsplit("/", 2)[1]
    expect(person.editor.root.get_by_test_id("submit")).to_be_disabled()
    expect(person.editor.root.get_by_test_id("coverage")).not_to_have_text("0% labeled")
    headers = {"X-Fencing-Token": "1", "Idempotency-Key": "00000000-0000-4000-8000-000000000001"}
    mask = mask_png(painted(UNSENT), dict(enumerate(COLORS[:3], 1)))
    for action in ("submit", "heartbeat", "release"):
        body: dict[str, Any] = {"json": {}}
        if action == "submit":
            body = {"content": mask}
            headers["Content-Type"] = "image/png"
        answer = client.http.post(f"/api/v1/work/claims/{claim}/{action}", headers=headers, **body)
        assert answer.status_code == 404, (action, answer.text)
        headers.pop("Content-Type", None)
    assert client.claim() is None
    person.page.get_by_role("button", name="Go on").click()
    expect(person.page.get_by_role("heading", name=NO_WORK)).to_be_visible()


def check_pushes_ended(people: list[Person], seen: list[Watching], customer: Client, job: str) -> None:
    """Nothing that happens to the job reaches the vendor's people any more."""
    people[0].page.wait_for_timeout(2500)  # what the ending itself had to say is said by then
    assert all(watching.queues for watching in seen), "the control: before, they were told"
    before = [len(watching.queues) for watching in seen]
    customer.post(f"jobs/{job}/pause")
    people[0].page.wait_for_timeout(2500)
    assert [len(watching.queues) for watching in seen] == before


def check_work_stays_with_the_customer(customer: Client, job: str, done: int) -> None:
    def labeled() -> list[dict[str, Any]]:
        return [record for record in customer.manifest(job) if "lent-ref" in record]

    (record,) = eventually(labeled, within=20, what="The line of the one answered photo")
    data_object = customer.objects(job)[done - 1]
    assert record["source-ref"] == data_object["source_ref"]
    (annotator,) = record["lent-ref-metadata"]["maskwright"]["annotators"]
    assert annotator == data_object["annotations"][0]["labeler"]
    pixels = mask_pixels(customer.png(f"objects/{data_object['id']}/mask"), width=WIDTH, height=HEIGHT)
    assert np.array_equal(pixels, painted(SENT))
    states = sorted(one["state"] for one in customer.objects(job))
    assert states.count("done") == 1 and "failed" not in states, states


def control_preview_and_pushes(
    acme: Any,
    globex: Any,
    customer_pages: CustomerPages,
    pages: VendorPages,
    people: list[Person],
    seen: list[Watching],
) -> None:
    """The control: where the grant allows it the vendor's manager does see photos, and its people are told again."""
    customer = acme.client("manager")
    job = lend(customer, "shown", {"one.png": photo(9)})
    before = [len(watching.queues) for watching in seen]
    customer_pages.address = customer_pages.address.replace(customer_pages.address.split("/")[4], job)
    customer_pages.offer(globex.organization, "One photo", preview=True)
    pages.accept("One photo")
    pages.open("One photo")
    pictures = pages.page.locator(".manage-photos img")
    expect(pictures).to_have_count(1)
    expect(pictures).to_have_js_property("naturalWidth", WIDTH)
    pages.staff("One photo", "night shift")
    customer.start_job(job)
    eventually(lambda: any(opened(person) for person in people), within=10, every=0.2, what="The pushed photo")
    assert all(len(watching.queues) > number for watching, number in zip(seen, before, strict=True))


def opened(person: Person) -> bool:
    person.page.wait_for_timeout(50)  # lets the page's events in
    return bool(person.editor.root.get_by_test_id("coverage").is_visible())
