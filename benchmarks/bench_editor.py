"""The segmentation editor in a real Chromium: pointer to pixels, frames, whole-image work, loading, memory.

`make bench-editor` builds the editor's development page (frontend/dev: the editor without a server), drives it with
real mouse and keyboard events and prints a table, each figure beside a ceiling measured in the same run: a bare 2D
canvas that draws the same stroke, the browser's own compressor, its image decoder. `SIZES=1024,4096` and `RUNS=1` make
it shorter; of the runs the worst is printed.
"""

import gzip
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright  # noqa: E402

from benchmarks.editor import paths  # noqa: E402
from maskwright.supervise.gates import provide_browser  # noqa: E402
from maskwright.supervise.setup import FRONTEND  # noqa: E402
from tests.end_to_end.browser import find_chromium, launched  # noqa: E402
from tests.end_to_end.playground import served_page  # noqa: E402

SIZES = [int(side) for side in os.environ.get("SIZES", "1024,4096,8192").split(",")]
RUNS = int(os.environ.get("RUNS", "3"))
VIEW: ViewportSize = {"width": 1600, "height": 1000}
MOVES = 200
_PROBE = Path(__file__).parent / "editor" / "probe.js"

Row = tuple[str, str, str]


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class Bench:
    """One open editor and what is measured at it."""

    def __init__(self, browser: Browser, address: str, side: int) -> None:
        self.side = side
        self.page: Page = browser.new_page(viewport=VIEW)
        self.page.set_default_timeout(120_000)
        self.page.add_init_script(path=_PROBE)
        self.page.goto(f"{address}?size={side}x{side}&classes=12")
        self.page.wait_for_function(
            "document.querySelector('segmentation-editor').status.kind === 'open'", timeout=120_000
        )
        box = self.page.locator("segmentation-editor .stage").bounding_box()
        assert box is not None
        self.box = box

    def evaluate(self, script: str) -> Any:
        return self.page.evaluate(script)

    def watched(self, types: str, moves: Callable[[], None]) -> dict[str, list[float]]:
        self.evaluate(f"() => {{ window.stopWatching = probe.watch({types}); }}")
        moves()
        seen: dict[str, list[float]] = self.evaluate("() => stopWatching()")
        return seen

    def stroke(self, path: list[tuple[float, float]]) -> None:
        """Press, follow the path (shares of the view), let go."""
        mouse, box = self.page.mouse, self.box
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()

    def tool(self, key: str, *, size: int = 24) -> None:
        self.evaluate(f"() => {{ probe.engine().workspace.state.brushSize.value = {size}; }}")
        self.page.locator("segmentation-editor .stage").focus()
        self.page.keyboard.press(key)

    def changed(self, event: str, act: Callable[[], None]) -> tuple[float, float]:
        self.evaluate(f"() => {{ window.change = probe.untilChanged({event!r}); }}")
        act()
        change = self.evaluate("() => change")
        return change["took"], change["gap"]

    def pixel(self, at: float = 0.5) -> None:
        self.page.mouse.click(self.box["x"] + at * self.box["width"], self.box["y"] + at * self.box["height"])


def latency_row(name: str, seen: dict[str, list[float]], ceiling: dict[str, list[float]]) -> Row:
    p50, p95 = quantile(seen["latency"], 0.5), quantile(seen["latency"], 0.95)
    late = sum(1 for gap in seen["frames"] if gap > 17.5)
    longest = max(seen["longTasks"], default=0.0)
    return (
        name,
        f"{p50:6.1f} / {p95:6.1f}   handler p95 {quantile(seen['handler'], 0.95):5.2f}   "
        f"late frames {late}/{len(seen['frames'])}   long task {longest:3.0f}",
        f"{quantile(ceiling['latency'], 0.5):5.1f} / {quantile(ceiling['latency'], 0.95):5.1f}"
        f"   x{p95 / quantile(ceiling['latency'], 0.95):.2f}",
    )


def worst(runs: list[dict[str, list[float]]]) -> dict[str, list[float]]:
    return max(runs, key=lambda seen: quantile(seen["latency"], 0.95))


def pointer_rows(bench: Bench) -> list[Row]:
    """Tools under the mouse, at a fitted view."""
    moves = "['pointermove']"
    wave = paths.wave(MOVES)

    def run(act: Callable[[], None], types: str = moves) -> dict[str, list[float]]:
        return worst([bench.watched(types, act) for _ in range(RUNS)])

    rows = []
    bench.evaluate("() => probe.fill('cells')")
    for width in (24, 400):
        bench.tool("b", size=width)
        painted = run(lambda: bench.stroke(wave))
        bench.evaluate(f"() => probe.bare({width})")
        ceiling = run(lambda: bench.stroke(wave))
        bench.evaluate("() => probe.bareEnd()")
        rows.append(latency_row(f"brush, {width} px", painted, ceiling))
        if width == 24:
            thin = ceiling
    bench.tool("e", size=100)
    rows.append(latency_row("eraser, 100 px", run(lambda: bench.stroke(wave)), thin))
    bench.tool("p")

    def outline() -> None:
        bench.stroke(wave)
        bench.page.keyboard.press("Escape")

    rows.append(latency_row("polygon, dragged", run(outline), thin))
    bench.evaluate("() => probe.bare(24)")
    bench.evaluate("() => bare.pan()")
    whole = run(lambda: bench.stroke(wave))
    bench.evaluate("() => probe.bareEnd()")
    for zoom, name in ((None, "fitted"), ("1", "1:1")):
        bench.tool("h")
        bench.page.keyboard.press("0")
        if zoom is not None:
            bench.evaluate("() => probe.engine().stage.zoom(1 / probe.engine().stage.camera.scale)")
        rows.append(latency_row(f"pan, {name}", run(lambda: bench.stroke(wave)), whole))

    def wheel() -> None:
        mouse = bench.page.mouse
        mouse.move(bench.box["x"] + 500, bench.box["y"] + 400)
        for at in range(60):
            mouse.wheel(0, -100 if at < 30 else 100)

    bench.page.keyboard.press("0")
    rows.append(latency_row("zoom by wheel", run(wheel, "['wheel']"), whole))
    bench.page.keyboard.press("0")
    return rows


def change_rows(bench: Bench) -> list[Row]:
    """What changes much at once: from the press until drawn, and the longest gap between two frames meanwhile."""
    press = bench.page.keyboard.press
    fill_bytes = bench.evaluate("() => probe.bytesOnly()")

    def row(name: str, event: str, prepare: Callable[[], None], act: Callable[[], None]) -> Row:
        results = []
        for _ in range(RUNS):
            prepare()
            bench.page.wait_for_timeout(150)
            results.append(bench.changed(event, act))
        took, gap = max(results)
        return (
            name,
            f"{took:7.0f}   longest gap between frames {gap:5.0f}",
            f"{fill_bytes:5.1f}   x{took / max(fill_bytes, 0.1):.1f}",
        )

    def empty() -> None:
        bench.evaluate("() => probe.fill('empty')")
        bench.tool("g")

    def filled() -> None:
        empty()
        bench.changed("pointerdown", bench.pixel)

    def undone() -> None:
        stroked()
        press("Control+z")

    def cells() -> None:
        bench.evaluate("() => probe.fill('cells')")
        bench.tool("g")
        press("3")

    def outlined() -> None:
        bench.evaluate("() => probe.fill('cells')")
        bench.tool("p")
        bench.stroke(paths.circle(MOVES))

    def stroked() -> None:
        bench.tool("b", size=400)
        bench.stroke(paths.wave(60))

    return [
        row("fill a region", "pointerdown", cells, bench.pixel),
        row("fill everything", "pointerdown", empty, bench.pixel),
        row("undo that", "keydown", filled, lambda: press("Control+z")),
        row("give all unlabeled", "keydown", cells, lambda: press("Shift+u")),
        row("polygon of 200 corners, commit", "keydown", outlined, lambda: press("Enter")),
        row("undo a 400 px stroke", "keydown", stroked, lambda: press("Control+z")),
        row("redo it", "keydown", undone, lambda: press("Control+Shift+z")),
    ]


def byte_rows(bench: Bench) -> list[Row]:
    bench.evaluate("() => probe.fill('cells')")
    encoded = max((bench.evaluate("() => probe.encode()") for _ in range(RUNS)), key=lambda one: one["took"])
    packed = min((bench.evaluate("() => probe.deflate()") for _ in range(RUNS)), key=lambda one: one["took"])
    bench.evaluate("() => probe.saveDraft()")
    loaded = max((bench.evaluate("() => probe.load()") for _ in range(RUNS)), key=lambda one: one["took"])
    decoded = min(bench.evaluate("() => probe.decodeOnly()") for _ in range(RUNS))
    return [
        (
            "encode as PNG",
            f"{encoded['took']:7.0f}   {encoded['size'] / 1024:.0f} KB",
            f"{packed['took']:5.0f} ({packed['size'] / 1024:.0f} KB)   x{encoded['took'] / packed['took']:.2f}",
        ),
        (
            "open with a draft, until drawn",
            f"{loaded['took']:7.0f}   longest gap between frames {loaded['gap']:.0f}",
            f"{decoded:5.0f}   x{loaded['took'] / decoded:.1f}",
        ),
    ]


def memory_row(session: CDPSession, bench: Bench, strokes: int = 100) -> Row:
    def megabytes() -> tuple[float, float]:
        bench.page.context.new_cdp_session(bench.page).send("HeapProfiler.collectGarbage")
        sizes: dict[str, float] = {}
        for process in session.send("SystemInfo.getProcessInfo")["processInfo"]:
            text = Path(f"/proc/{process['id']}/smaps_rollup").read_text(encoding="ascii")
            size = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
            sizes[process["type"]] = max(sizes.get(process["type"], 0.0), size)
        return sizes.get("renderer", 0.0), sizes.get("GPU", 0.0)

    before = megabytes()
    bench.tool("b", size=100)
    for at in range(strokes):
        bench.stroke(paths.line(at / strokes))
    after = megabytes()
    raster = bench.side**2 / 2**20
    return (
        "memory, renderer / graphics process",
        f"{after[0]:.0f} / {after[1]:.0f} MB   {after[0] - before[0]:+.0f} MB after {strokes} strokes",
        f"{raster * 5:.0f} MB   x{after[0] / (raster * 5):.1f}",
    )


def measure(browser: Browser, address: str, side: int) -> None:
    bench = Bench(browser, address, side)
    print(f"\n{side} x {side}, {bench.evaluate('() => probe.renderer()')}, {VIEW['width']} x {VIEW['height']} window")
    sections: list[tuple[str, str, Callable[[], list[Row]]]] = [
        ("pointer to pixels, p50 / p95 ms", "bare canvas", lambda: pointer_rows(bench)),
        ("press to pixels, ms", "filling the bytes", lambda: change_rows(bench)),
        ("bytes, ms", "browser's compressor, decoder", lambda: byte_rows(bench)),
        ("memory", "pixels: image and labels", lambda: [memory_row(browser.new_browser_cdp_session(), bench)]),
    ]
    for title, ceiling, rows in sections:
        print(f"  {title:<36} {'editor':<88} {ceiling}")
        for name, figure, against in rows():
            print(f"    {name:<34} {figure:<88} {against}", flush=True)
    bench.page.close()


def first_load() -> str:
    """What the page loads before the editor stands, of the built files; what is loaded by need does not count."""
    manifest = json.loads((FRONTEND / "dist" / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    names, waiting = set[str](), ["src/editor/main.ts"]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += manifest[name].get("imports", [])
    size = sum(len(gzip.compress((FRONTEND / "dist" / manifest[name]["file"]).read_bytes())) for name in names)
    return f"editor JavaScript, first load: {size / 1024:.1f} KB gzip in {len(names)} files (to reach: 60)"


def main() -> int:
    provide_browser()
    program = find_chromium()
    if program is None:
        print("NO CHROMIUM: nothing was measured. Install it: apt-get install chromium")
        return 1
    print(first_load())
    print(f"Worst of {RUNS} runs of {MOVES} moves; software rendering unless the machine has a graphics processor")
    with served_page() as address, sync_playwright() as playwright, launched(playwright, program) as browser:
        for side in SIZES:
            measure(browser, address, side)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
