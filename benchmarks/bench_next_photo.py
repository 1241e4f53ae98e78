"""From the press of Submit to the next photo ready to paint, as a labeler has it: a real server, Chromium, real events.

`python benchmarks/bench_next_photo.py [ROUNDS]` starts an installation of its own (web, worker, database) on this
machine and one labeler in headless Chromium (1280 x 860, no graphics processor), with JPEG photos of 1920 x 1280 pixels
that compress as photos do. He paints a polygon of one class, which takes as long as `THINK`, and presses Submit. Ready
is when the next photo's pixels were drawn and the editor takes strokes. The second run forbids the browser to ask for
what comes next, so that the two rows tell what telling ahead saves. Client and server share the cores.
"""

import sys
import time
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from benchmarks.environment import row  # noqa: E402
from tests.end_to_end.browser import Person, find_chromium, launched  # noqa: E402
from tests.end_to_end.client import Client  # noqa: E402
from tests.end_to_end.stack import Stack  # noqa: E402

WIDTH, HEIGHT, THINK = 1920, 1280, 3.0

# Waits in the page until another photo than `before` is open, then until its drawing has finished.
_READY = """(before) => new Promise((resolve) => {
  const editor = document.querySelector('segmentation-editor');
  const look = () => {
    const engine = editor.engine;
    if (engine === null || editor.opened.id === before || editor.status.kind !== 'open' || editor.inert) {
      requestAnimationFrame(look);
      return;
    }
    requestAnimationFrame(() => {
      const canvas = engine.stage.host.querySelector('canvas');
      const gl = canvas.getContext('webgl2');
      if (gl) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
      else canvas.getContext('2d').getImageData(0, 0, 1, 1);
      resolve(performance.now() - window.pressed);
    });
  };
  look();
})"""
_WATCH = """() => document.addEventListener('click', (event) => {
  const names = event.composedPath().map((node) => node.dataset?.testid);
  if (names.includes('submit')) window.pressed = performance.now();
}, { capture: true })"""
_OPEN = "() => document.querySelector('segmentation-editor').opened.id"


def photo(seed: int) -> bytes:
    """Smooth shapes with grain: 300 to 500 KB as JPEG, as a camera's photo of that size has."""
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 255, (24, 36, 3), dtype=np.uint8))
    smooth = np.asarray(small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), dtype=np.float32)
    grain = random.normal(0, 6, (HEIGHT, WIDTH, 1)).astype(np.float32)
    file = BytesIO()
    Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=88)
    return file.getvalue()


def paint_and_submit(person: Person) -> float:
    """Milliseconds from the press to the next photo."""
    editor, page = person.editor, person.page
    began = time.monotonic()
    before = page.evaluate(_OPEN)
    editor.box("cat", 200, 200, 1500, 1000)
    time.sleep(max(0.0, THINK - (time.monotonic() - began)))
    editor.root.get_by_test_id("submit").click()
    spent: float = page.evaluate(_READY, before)
    return spent


def measure(stack: Stack, browser: Browser, rounds: int, *, ahead: bool) -> list[float]:
    mark = uuid.uuid4().hex[:6]
    accounts: Any = stack.create_people(
        f"Bench {mark}", {f"m-{mark}": "manager", f"l-{mark}": "labeler"}, is_vendor=False
    )
    manager, labeler = accounts[f"m-{mark}"], accounts[f"l-{mark}"]
    client = Client(stack.address, manager["api_token"])
    files = {f"{number:03}.jpg": photo(number) for number in range(rounds + 4)}
    client.start_job(client.order_job("bench", files, [labeler["id"]], number_of_labelers=1))
    person = Person(browser, stack.address, labeler)
    if not ahead:
        person.context.route("**/api/v1/work/claims/*/next", lambda route: route.abort())
    person.sign_in()
    person.start_working()
    person.editor.wait_for()
    person.page.evaluate(_WATCH)
    # The first submit asks about the unlabeled pixels, once in a job.
    before = person.page.evaluate(_OPEN)
    person.editor.box("cat", 200, 200, 1500, 1000)
    person.editor.root.get_by_test_id("submit").click()
    person.editor.root.locator("input[name=silent]").check()
    person.editor.root.get_by_role("button", name="Submit anyway").click()
    person.page.evaluate(_READY, before)
    spent = [paint_and_submit(person) for _ in range(rounds + 2)][2:]
    person.close()
    return [one / 1000 for one in spent]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    program = find_chromium()
    if program is None:
        sys.exit("There is no Chromium here: apt-get install chromium")
    with Stack() as stack, sync_playwright() as playwright, launched(playwright, program) as browser:
        for ahead in (True, False):
            spent = measure(stack, browser, rounds, ahead=ahead)
            print(row(f"Submit -> next photo ready, {'told ahead' if ahead else 'not told ahead'}", spent), flush=True)


if __name__ == "__main__":
    main()
