"""A project manager at his pages: what he fills in and presses."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.end_to_end.browser import Person


class ManagerPages:
    """The managers' admin in a signed-in person's tab."""

    def __init__(self, person: Person) -> None:
        self.page: Page = person.page

    def create_label_set(self, name: str, categories: Mapping[str, str]) -> None:
        """`categories`: colours by name, in order; indices are given by the product."""
        self._open("labeling/labelset/add/")
        self._field("name").fill(name)
        rows = self.page.locator("mw-category-table tbody tr")
        for number, (category, color) in enumerate(categories.items()):
            if number > 0:
                self.page.get_by_role("button", name="Add a category").click()
            row = rows.nth(number)
            row.locator("input[name$=-name]").fill(category)
            row.locator("input[name$=-color]").fill(color)
        self._submit("Create")

    def create_template(self, name: str, title: str, instructions: str) -> None:
        self._open("labeling/tasktemplate/add/")
        self._field("name").fill(name)
        self._field("title").fill(title)
        self._field("instructions").fill(instructions)
        self._submit("Create")

    def create_team(self, name: str, people: Sequence[str]) -> None:
        self._open("workforce/workteam/add/")
        self._field("name").fill(name)
        for username in people:
            self.page.get_by_label(re.compile(rf"\b{re.escape(username)}\b")).check()
        self._submit("Create")

    def upload(self, name: str, files: Mapping[str, bytes]) -> None:
        """Photos from this computer, until the page says that all are there."""
        self._open("labeling/upload/add/")
        self._field("name").fill(name)
        self._submit("Continue")
        self.page.locator("mw-upload input[type=file][accept]").set_input_files(
            [FilePayload(name=file, mimeType="image/png", buffer=data) for file, data in files.items()]
        )
        expect(self.page.get_by_text("All photos are there")).to_be_visible()
        self.page.get_by_role("button", name="Finish the upload").click()
        expect(self.page.get_by_role("link", name="Label these photos")).to_be_visible()

    def create_job_of_upload(self, name: str, *, label_set: str, template: str, team: str, labelers: int) -> str:
        """From the finished upload's page; the job's id."""
        self.page.get_by_role("link", name="Label these photos").click()
        self._field("name").fill(name)
        self._field("label_set").select_option(label=label_set)
        self._field("task_template").select_option(label=template)
        self._field("work_team").select_option(label=team)
        self._field("number_of_labelers").fill(str(labelers))
        self._field("start_when_ready").uncheck()
        self._submit("Create the job")
        found = re.search(r"/labelingjob/([0-9a-f-]{36})/", self.page.url)
        assert found, f"no job's page: {self.page.url}"
        return found[1]

    def start_job(self, job: str) -> None:
        self._open(f"labeling/labelingjob/{job}/change/")
        self.page.get_by_role("button", name="Start", exact=True).click()
        expect(self.page.get_by_text("The job runs.")).to_be_visible()

    def download(self, job: str, folder: Path) -> Path:
        """Everything as one zip."""
        self._open(f"labeling/labelingjob/{job}/change/")
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Download everything").click()
        file = folder / download.value.suggested_filename
        download.value.save_as(file)
        return file

    def open_object(self, identity: str) -> None:
        self._open(f"labeling/dataobject/{identity}/change/")

    def _open(self, path: str) -> None:
        """Go there; once more when the job's page reloads itself meanwhile, as it does when the state changes."""
        for _ in range(3):
            try:
                answer = self.page.goto(f"/manage/{path}")
            except PlaywrightError as error:
                if "interrupted by another navigation" not in error.message and "ERR_ABORTED" not in error.message:
                    raise
                continue
            if answer is not None:
                assert answer.ok, f"{path}: {answer.status}"
                return
        raise AssertionError(f"{path}: the page never stood still")

    def _field(self, name: str) -> Locator:
        return self.page.locator(f"#id_{name}")

    def _submit(self, label: str) -> None:
        """Press the form's button; the page that follows shows no error."""
        self.page.locator(".manage-submit").get_by_role("button", name=label, exact=True).click()
        self.page.wait_for_load_state()
        expect(self.page.locator(".mw-banner--error, .mw-field__errors")).to_have_count(0)
