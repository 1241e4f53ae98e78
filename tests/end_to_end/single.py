"""One labeler with one photo: the smallest job in which everything of the editor can be tried."""

from typing import Any

from playwright.sync_api import Browser

from tests.end_to_end.answers import HEIGHT, WIDTH
from tests.end_to_end.browser import Person
from tests.end_to_end.client import Pixels, mask_pixels


def order_single(cast: Any, picture: bytes) -> str:
    """The started job's id."""
    manager = cast.client("manager")
    job = manager.order_job("single", {"one.png": picture}, cast.ids("labeler1"), number_of_labelers=1)
    manager.start_job(job)
    return str(job)


def open_photo(cast: Any, browser: Browser) -> Person:
    """The labeler at his browser, the photo open before him."""
    person: Person = cast.at_browser(browser, "labeler1")
    person.sign_in()
    person.start_working()
    person.editor.wait_for()
    return person


def only_object(cast: Any, job: str, *, within: float = 30) -> dict[str, Any]:
    """The photo's story once the job is over."""
    manager = cast.client("manager")
    manager.wait_for_job(job, "completed", within=within)
    (data_object,) = manager.objects(job)
    found: dict[str, Any] = data_object
    return found


def answered(cast: Any, job: str) -> Pixels:
    """The mask that the labeler sent, pixel by pixel."""
    (answer,) = only_object(cast, job)["annotations"]
    return mask_pixels(cast.client("manager").png(f"annotations/{answer['id']}/mask"), width=WIDTH, height=HEIGHT)
