"""The pages of a vendor grant: the customer offers and ends it, the vendor's manager accepts and staffs it."""

import json
from typing import Any

from playwright.sync_api import Page, WebSocket, expect

from tests.end_to_end.browser import Person


class CustomerPages:
    """The customer's side: the page *Vendors* of one labeling job."""

    def __init__(self, person: Person, job: str) -> None:
        self.page: Page = person.page
        self.address = f"/manage/labeling/labelingjob/{job}/offers/"

    def offer(self, vendor: str, title: str, *, preview: bool = False, share: int = 0, price: str = "") -> None:
        self.page.goto(self.address)
        self.page.locator("#id_vendor").select_option(label=vendor)
        self.page.locator("#id_title").fill(title)
        self.page.locator("#id_preview").set_checked(preview)
        self.page.locator("#id_share").fill(str(share or ""))
        self.page.locator("#id_price_per_object").fill(price)
        self.page.get_by_role("button", name="Offer the job").click()
        expect(self.page.get_by_text("Offered. The vendor's managers see it now")).to_be_visible()

    def end(self, vendor: str = "") -> None:
        """End the one offer there is, or that of `vendor`; returns when the page says so."""
        self.page.goto(self.address)
        self.page.locator("tr", has_text=vendor or "End it").locator("summary", has_text="End it").click()
        self.page.get_by_role("button", name="End it now").locator("visible=true").click()
        expect(self.page.get_by_text("Ended.")).to_be_visible()


class VendorPages:
    """The vendor's side, *Work for customers*."""

    def __init__(self, person: Person) -> None:
        self.page: Page = person.page

    def open(self, title: str) -> None:
        self.page.goto("/manage/workforce/workgrant/")
        self.page.get_by_role("link", name=title).first.click()
        expect(self.page.get_by_role("heading", name=title, level=1)).to_be_visible()

    def accept(self, title: str) -> None:
        self.open(title)
        self.page.get_by_role("button", name="Accept", exact=True).click()
        expect(self.page.get_by_text("Accepted. Choose which of your teams work on it.")).to_be_visible()

    def decline(self, title: str, reason: str) -> None:
        """From the console, with a reason for the customer."""
        self.page.goto("/manage/workforce/workgrant/")
        self.page.locator("tr", has_text=title).get_by_role("link", name="Decline").click()
        self.page.get_by_label("Reason, for the customer").fill(reason)
        self.page.get_by_role("button", name="Decline").click()
        expect(self.page.get_by_text("The offer was declined.")).to_be_visible()

    def staff(self, title: str, team: str) -> None:
        """Let a team of the vendor's work on it."""
        self.open(title)
        self.page.get_by_label(team).check()
        self.page.locator(".manage-submit").get_by_role("button").first.click()
        expect(self.page.get_by_text("Saved: the chosen teams work on it from now on.")).to_be_visible()


class Watching:
    """What a labeler's page asks for and hears: addresses of photos, and hints over its socket."""

    def __init__(self, page: Page) -> None:
        self.photos: list[str] = []
        self.queues: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", self._connected)

    def _asked(self, url: str) -> None:
        # Not what is fetched ahead: that address ends when the photo is claimed.
        if url.endswith(("/image", "/thumbnail")) and "/next/" not in url and url not in self.photos:
            self.photos.append(url)

    def _connected(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._heard)

    def _heard(self, payload: Any) -> None:
        message = json.loads(payload)
        if message["type"] == "work.available":
            self.queues.append(message["data"]["work_queue"])
