"""The editor without a server: its development page (frontend/dev), built and served, and what a test reads there."""

import base64
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize

from maskwright.supervise.setup import FRONTEND, find_npm
from tests.end_to_end.browser import Editor, Point

Mask = np.ndarray[Any, np.dtype[np.uint8]]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Requests are of no interest here."""


@contextmanager
def served_page() -> Iterator[str]:
    """The page's address while it is served; it is built first, which takes a second."""
    npm, env = find_npm()
    # A folder of its own: another run that builds meanwhile does not take the files away.
    with tempfile.TemporaryDirectory(prefix="maskwright-page-") as folder:
        build = [*npm, "run", "--silent", "fixture", "--", "--outDir", folder]
        subprocess.run(build, cwd=FRONTEND, env=env, check=True, stdout=subprocess.DEVNULL)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/index.html"
        finally:
            server.shutdown()
            server.server_close()


class Playground:
    """One open editor. Its document is only read here; it changes by mouse, touch and keyboard."""

    def __init__(self, browser: Browser, address: str, query: str, viewport: ViewportSize, **context: Any) -> None:
        self.context = browser.new_context(viewport=viewport, locale="en-US", **context)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.session = self.context.new_cdp_session(self.page)
        self.page.goto(f"{address}?{query}")
        self.editor = Editor(self.page)
        self.editor.wait_for()

    def mask(self) -> Mask:
        """The document's indices, row by row."""
        width, height = self.editor.size
        text = self.page.evaluate(
            """() => {
                const { data } = document.querySelector("segmentation-editor").engine.workspace.map;
                return Array.from(data, (index) => String.fromCharCode(index)).join("");
            }"""
        )
        return np.frombuffer(text.encode("latin-1"), dtype=np.uint8).reshape(height, width)

    def state(self, name: str) -> Any:
        script = f"() => document.querySelector('segmentation-editor').editorState.{name}.value"
        return self.page.evaluate(script)

    def touch(self, kind: Literal["touchStart", "touchMove", "touchEnd"], *points: Point) -> None:
        """The fingers that are down, in screen pixels."""
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def picture(self) -> Mask:
        """What the image's canvas shows, RGB of each device pixel."""
        width, height, text = self.page.evaluate(
            """async () => {
                await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
                const shown = document.querySelector("segmentation-editor").engine.stage.host.querySelector("canvas");
                const canvas = new OffscreenCanvas(shown.width, shown.height);
                const context = canvas.getContext("2d");
                context.drawImage(shown, 0, 0);
                const { data } = context.getImageData(0, 0, shown.width, shown.height);
                const step = 8192;
                let text = "";
                for (let at = 0; at < data.length; at += step) {
                    text += String.fromCharCode(...data.subarray(at, at + step));
                }
                return [shown.width, shown.height, btoa(text)];
            }"""
        )
        return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(height, width, 4)[..., :3]

    def close(self) -> None:
        self.context.close()
