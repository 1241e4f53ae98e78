"""A task template's frame without a server: the built script on an opaque origin, and a page around it that listens."""

import base64
import io
import json
import re
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from maskwright.supervise.setup import FRONTEND
from tests.end_to_end.stack import eventually

ORIGIN = "http://frame.test"
SIZE = (400, 260)
_SANDBOX = "allow-scripts allow-forms allow-modals"
_POLICY = (
    f"sandbox {_SANDBOX}; default-src 'none'; script-src 'unsafe-inline' {ORIGIN}/static/; style-src 'unsafe-inline'; "
    f"img-src {ORIGIN}/work/files/ data: blob:; connect-src {ORIGIN}/work/files/ data: blob:; worker-src blob:; "
    "form-action 'none'; frame-ancestors 'self'"
)
_PARENT = f"""<!doctype html><html><body style="margin:0">
<iframe sandbox="{_SANDBOX}" src="/frame" style="border:0;width:100vw;height:100vh;display:block"></iframe>
<script>
  window.heard = [];
  const frame = document.querySelector("iframe");
  frame.onload = () => {{
    const {{ port1, port2 }} = new MessageChannel();
    window.port = port1;
    port1.onmessage = ({{ data }}) => {{
      heard.push(data);
      if (data.type === "ready") port1.postMessage(TASK);
    }};
    frame.contentWindow.postMessage({{ type: "maskwright.begin", version: 1 }}, "*", [port2]);
  }};
</script></body></html>"""


def script_address(language: str) -> str:
    manifest = json.loads((FRONTEND / "dist" / ".vite" / f"crowd-{language}.json").read_text("utf-8"))
    return f"/static/{next(iter(manifest.values()))['file']}"


def photo() -> bytes:
    image = Image.new("RGB", SIZE, (150, 170, 190))
    ImageDraw.Draw(image).ellipse((60, 80, 200, 220), fill=(170, 120, 70))
    return _bytes(image, "JPEG")


def mask(colors: dict[str, tuple[int, int, int, int]]) -> bytes:
    """A palette mask with a box for each colour."""
    image, palette = Image.new("P", SIZE), [255, 255, 255]
    for index, (color, box) in enumerate(colors.items(), 1):
        palette += list(bytes.fromhex(color[1:]))
        ImageDraw.Draw(image).rectangle(box, fill=index)
    image.putpalette(palette + [255] * (768 - len(palette)))
    return _bytes(image, "PNG")


def _bytes(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


class FramePage:
    """One template in its frame, and all that it says."""

    def __init__(
        self,
        browser: Browser,
        template: str,
        *,
        draft: dict[str, Any] | None = None,
        language: str = "en",
        files: dict[str, bytes] | None = None,
        read_only: bool = False,
    ) -> None:
        self.files = {"photo.jpg": photo(), **(files or {})}
        head = "<!doctype html><html><head><meta charset=utf-8></head><body>"
        script = f'<script src="{script_address(language)}"></script>'
        self.html = f"{head}{script}{template}</body></html>"
        task = {"type": "task", "language": language, "theme": "light", "draft": draft, "readOnly": read_only}
        self.parent = _PARENT.replace("TASK", json.dumps(task))
        self.context = browser.new_context(viewport={"width": 1280, "height": 860})
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.context.route(f"{ORIGIN}/**", self._answer)
        self.page.goto(f"{ORIGIN}/")
        self.wait_for("ready")

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def heard(self, kind: str) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = self.page.evaluate("heard")
        return [one for one in said if one["type"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        return eventually(lambda: self.heard(kind)[count - 1 : count], within=15, what=f"the message {kind}")[0]

    def say(self, **message: Any) -> None:
        self.page.evaluate("(message) => port.postMessage(message)", message)

    def paint(self, left: int, top: int, right: int, bottom: int) -> None:
        """Drag the brush from corner to corner of a box of the photo."""
        stage = self.frame.locator("segmentation-editor .stage")
        expect(self.frame.get_by_test_id("coverage")).to_be_visible()
        box = stage.bounding_box()
        assert box is not None
        scale = min((box["width"] - 48) / SIZE[0], (box["height"] - 48) / SIZE[1])
        x = box["x"] + (box["width"] - SIZE[0] * scale) / 2
        y = box["y"] + (box["height"] - SIZE[1] * scale) / 2
        before = self.frame.get_by_test_id("coverage").inner_text()
        self.page.mouse.move(x + left * scale, y + top * scale)
        self.page.mouse.down()
        self.page.mouse.move(x + right * scale, y + bottom * scale, steps=6)
        self.page.mouse.up()
        expect(self.frame.get_by_test_id("coverage")).not_to_have_text(before)

    def submit(self) -> dict[str, Any]:
        count = len(self.heard("submit"))
        self.frame.get_by_role("button", name=re.compile("^(Submit|Abgeben)")).click()
        answer: dict[str, Any] = self.wait_for("submit", count + 1)["answer"]
        return answer

    def close(self) -> None:
        self.context.close()

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/":
            route.fulfill(body=self.parent, content_type="text/html")
        elif path == "/frame":
            headers = {"Content-Security-Policy": _POLICY, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=self.html, headers=headers)
        elif path.startswith("/static/"):
            file = FRONTEND / "dist" / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type="text/javascript")
        elif (name := path.removeprefix("/work/files/")) in self.files:
            kind = "image/png" if name.endswith("png") else "image/jpeg"
            headers = {"Content-Type": kind, "Access-Control-Allow-Origin": "*"}
            route.fulfill(body=self.files[name], headers=headers)
        else:
            route.fulfill(status=404)


def decoded(field: dict[str, Any]) -> Image.Image:
    """The picture in an element's answer, as a reader of the documentation opens it."""
    return Image.open(io.BytesIO(base64.b64decode(field["labeledImage"]["pngImageData"])))


def painted_colors(field: dict[str, Any]) -> set[str]:
    found = decoded(field).convert("RGB").getcolors(1 << 20) or []
    return {"#" + bytes(color).hex() for _, color in found if isinstance(color, tuple)}
