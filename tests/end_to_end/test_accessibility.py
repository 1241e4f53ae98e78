"""Every kind of page against WCAG 2.2 AA as far as a program can judge it: axe, in light and in dark."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from maskwright.supervise.setup import FRONTEND
from tests.end_to_end.browser import Person
from tests.end_to_end.furnished import furnish
from tests.end_to_end.stack import Stack

AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What the scheme of colours can change; everything else is judged once.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
RUN_AXE = """
async options => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  const found = await axe.run(document, {...options, resultTypes: ["violations"]});
  return found.violations.flatMap(one => one.nodes.map(node =>
    `${one.id}: ${node.target.join(" ")} | ${node.any.concat(node.all, node.none).map(m => m.message).join(" ")}`));
}
"""
#: Pages that look the same whatever they are about.
_SHARED = re.compile(r"^/manage/\w+/\w+/\*/(history|do)/.*")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
#: Addresses that are files, not pages, or leave the organization's pages.
_NO_PAGE = re.compile(r"/(download|csv|manifest|answers|jsi18n|logout|language|export)|^/accounts/")


def problems(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in both schemes of colours."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))  # not as a script element, which the page's policy forbids
    found = []
    judging: list[tuple[Literal["light", "dark"], dict[str, Any]]] = [
        ("light", {"type": "tag", "values": TAGS}),
        ("dark", {"type": "rule", "values": OF_COLOURS}),
    ]
    for scheme, rules in judging:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{urlsplit(page.url).path} {scheme} {line}" for line in page.evaluate(RUN_AXE, {"runOnly": rules})]
    return found


def kind_of(address: str) -> str:
    """All pages of one kind have the same: ids are left out, and whose history or which question it is."""
    return _SHARED.sub(r"/manage/*/*/\1/", _ID.sub("*", address))


def walk(page: Page, start: str, seen: set[str]) -> Iterator[str]:
    """Go to each kind of page below `start` that can be reached by links, unless it was seen."""
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        answer = page.goto(address, wait_until="load")
        assert answer is not None and answer.status == 200, f"{address}: {answer and answer.status}"
        yield address
        for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.pathname)"):
            if link.startswith(start) and not _NO_PAGE.search(link) and kind_of(link) not in seen:
                seen.add(kind_of(link))
                waiting.append(link)


def test_the_operators_pages_pass_axe(stack: Stack, browser: Browser, operator_account: dict[str, str]) -> None:
    operator, seen, found = Person(browser, stack.address, operator_account), set[str](), []
    operator.sign_in()
    for address in walk(operator.page, "/operator/", seen):
        found += problems(operator.page)
        assert operator.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is too wide"
    operator.close()
    assert {"/operator/accounts/user/*/change/", "/operator/organizations/organization/add/"} <= seen, sorted(seen)
    assert found == [], "\n" + "\n".join(found)


def test_every_page_passes_axe(make_cast: Callable[..., Any], browser: Browser) -> None:
    world = furnish(make_cast)
    found, seen = [], set[str]()
    for cast in (world.customer, world.vendor):
        manager: Person = cast.at_browser(browser, "manager")
        manager.page.goto("/accounts/login/")
        found += problems(manager.page)
        manager.sign_in()
        for _ in walk(manager.page, "/manage/", seen):
            found += problems(manager.page)
    assert "/manage/workforce/workgrant/*/change/" in seen and len(seen) > 50, sorted(seen)

    labeler: Person = world.customer.at_browser(browser, "labeler1")
    labeler.sign_in()
    labeler.page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/organizations/rights/", "/accounts/password/change/", "/work/"):
        labeler.page.goto(address)
        found += problems(labeler.page)
    for name in ("time", "pay", "quality", "notices", "settings"):
        labeler.page.goto(f"/work/{name}/")
        found += problems(labeler.page)
        assert labeler.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
    for address in ("/accounts/2fa/", "/accounts/2fa/totp/activate/", "/sso/", "/sso/nobody/", "/manage/", "/nothing/"):
        labeler.page.goto(address)  # with what nobody may see, and what is not there
        found += problems(labeler.page)
    labeler.page.set_viewport_size({"width": 1280, "height": 860})
    labeler.start_working()
    labeler.editor.wait_for()
    found += problems(labeler.page)
    labeler.editor.root.get_by_test_id("submit").click()
    expect(labeler.editor.root.get_by_role("dialog")).to_be_visible()
    found += problems(labeler.page)
    assert found == [], "\n" + "\n".join(found)
