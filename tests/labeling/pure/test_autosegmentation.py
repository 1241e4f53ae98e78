"""Auto-segmentation: GrabCut finds drawn objects, and the process around it answers, refuses and recovers."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from labeling.autosegmentation import (
    BackendRefused,
    BackendUnavailable,
    Box,
    BoxPrompt,
    ExtremePoints,
    InferenceClient,
    Prompt,
    PromptError,
    parse_prompt,
    prompt_json,
)
from labeling.autosegmentation.base import Pixels, SegmentResult
from labeling.autosegmentation.cache import ImageCache
from labeling.autosegmentation.grabcut import GrabCut
from labeling.autosegmentation.registry import UnknownBackendError, get_backend
from labeling.autosegmentation.server import InferenceServer

ROOT = Path(__file__).resolve().parents[3]


def scene(scale: int = 1) -> tuple[Pixels, np.ndarray]:
    """A noisy picture with one tilted ellipse of another colour, and the ellipse's true mask."""
    rng = np.random.default_rng(5)
    height, width = 150 * scale, 200 * scale
    truth = Image.new("1", (width, height))
    angles = np.linspace(0, 2 * math.pi, 90)
    x = 105 * scale + 60 * scale * np.cos(angles) + 15 * scale * np.sin(angles)
    y = 75 * scale + 38 * scale * np.sin(angles) + 10 * scale * np.cos(angles)
    ImageDraw.Draw(truth).polygon(list(zip(x.tolist(), y.tolist(), strict=True)), fill=1)
    mask = np.asarray(truth)
    image = np.where(mask[..., None], (190, 80, 60), (70, 110, 140)) + rng.normal(0, 18, (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8), mask


def extremes(mask: np.ndarray) -> ExtremePoints:
    rows, columns = np.nonzero(mask)
    order = [rows.argmin(), columns.argmin(), rows.argmax(), columns.argmax()]
    top, left, bottom, right = ((int(columns[at]), int(rows[at])) for at in order)
    return ExtremePoints(top, left, bottom, right)


def overlap(result: SegmentResult, truth: np.ndarray) -> float:
    whole = np.zeros_like(truth)
    whole[result.box.y0 : result.box.y1, result.box.x0 : result.box.x1] = result.mask
    return float((whole & truth).sum() / (whole | truth).sum())


def as_png(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("scale", [1, 6])
def test_four_extreme_points_give_the_object_at_any_size(scale: int) -> None:
    image, truth = scene(scale)
    started = time.perf_counter()
    result = GrabCut().segment(image, extremes(truth))
    assert time.perf_counter() - started < 1.5
    assert overlap(result, truth) > 0.95
    assert result.box == extremes(truth).box
    assert result.mask.shape == (result.box.height, result.box.width)
    assert 0.9 < result.score <= 1


def test_a_box_is_a_prompt_too() -> None:
    image, truth = scene()
    assert overlap(GrabCut().segment(image, BoxPrompt(extremes(truth).box)), truth) > 0.9


def test_the_same_click_gives_the_same_mask_in_every_thread() -> None:
    image, truth = scene()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: GrabCut().segment(image, extremes(truth)).mask.tobytes(), range(8)))
    assert len(set(results)) == 1


def test_a_prompt_that_fills_the_image_or_is_flat_is_answered() -> None:
    image, _ = scene()
    whole = GrabCut().segment(image, BoxPrompt(Box(0, 0, 200, 150)))
    assert whole.mask.shape == (150, 200)
    flat = GrabCut().segment(np.full((60, 60, 3), 90, dtype=np.uint8), ExtremePoints((5, 5), (5, 6), (40, 7), (50, 6)))
    assert flat.mask.shape == (3, 46)


def test_points_are_sorted_by_where_they_lie() -> None:
    data = {"tool": "extreme-points", "points": [[50, 30], [20, 5], [10.7, 20], [25, 60]]}
    prompt = parse_prompt(data, width=100, height=100)
    assert prompt == ExtremePoints(top=(20, 5), left=(10, 20), bottom=(25, 60), right=(50, 30))
    assert prompt.box == Box(10, 5, 51, 61)
    assert parse_prompt(prompt_json(prompt), width=100, height=100) == prompt


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "bad_prompt"),
        ({}, "bad_prompt"),
        ({"tool": "magic"}, "bad_prompt"),
        ({"tool": "extreme-points"}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, 2]] * 3}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, 2, 3]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, "2"]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, float("nan")]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, True]] * 4}, "bad_prompt"),
        ({"tool": "extreme-points", "points": [[1, 1], [5, 5], [9, 9], [100, 5]]}, "outside"),
        ({"tool": "extreme-points", "points": [[1, -1], [5, 5], [9, 9], [50, 5]]}, "outside"),
        ({"tool": "extreme-points", "points": [[5, 5]] * 4}, "too_small"),
        ({"tool": "box", "box": [5, 5, 5, 50]}, "bad_prompt"),
        ({"tool": "box", "box": [5, 5, 101, 50]}, "outside"),
    ],
)
def test_senseless_prompts_say_why(data: object, code: str) -> None:
    with pytest.raises(PromptError) as caught:
        parse_prompt(data, width=100, height=100)
    assert caught.value.code == code


def test_an_unknown_backend_says_which_exist() -> None:
    with pytest.raises(UnknownBackendError, match="grabcut"):
        get_backend("sam")


def test_the_cache_forgets_what_was_not_used() -> None:
    image = np.zeros((10, 10, 3), dtype=np.uint8)
    cache = ImageCache(max_bytes=2 * image.nbytes)
    for name in ("a", "b"):
        cache.put(name, image)
    assert cache.get("a") is image
    cache.put("c", image)
    assert cache.get("b") is None
    assert cache.get("a") is image
    huge = np.zeros((100, 100, 3), dtype=np.uint8)
    cache.put("huge", huge)
    assert cache.get("huge") is huge
    assert cache.get("a") is None


@pytest.fixture
def start() -> Iterator[Callable[..., InferenceClient]]:
    """Starts servers on free ports; all are stopped at the end."""
    running: list[tuple[InferenceServer, threading.Thread]] = []

    def run(**options: Any) -> InferenceClient:
        server = InferenceServer(0, **options)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return InferenceClient(f"http://127.0.0.1:{server.server_address[1]}", timeout=10)

    yield run
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_image_is_sent_once(start: Callable[..., InferenceClient]) -> None:
    client = start()
    image, truth = scene()
    data = as_png(image)
    sent: list[bytes] = []

    def load() -> bytes:
        sent.append(data)
        return data

    sha256 = hashlib.sha256(data).hexdigest()
    first = client.segment(extremes(truth), sha256=sha256, load=load)
    second = client.segment(extremes(truth), sha256=sha256, load=load)
    assert len(sent) == 1
    assert first == second
    direct = GrabCut().segment(image, extremes(truth))
    with Image.open(io.BytesIO(first.png)) as png:
        assert png.mode == "L"
        assert np.array_equal(np.asarray(png), direct.mask * np.uint8(255))
    assert first.box == direct.box
    assert first.score == pytest.approx(direct.score, abs=1e-4)


def test_health_is_answered(start: Callable[..., InferenceClient]) -> None:
    assert start().healthy()
    assert not InferenceClient("http://127.0.0.1:9", timeout=1).healthy()


def test_wrong_requests_are_refused_with_a_code(start: Callable[..., InferenceClient]) -> None:
    client = start()
    data = as_png(scene()[0])
    sha256 = hashlib.sha256(data).hexdigest()
    good = BoxPrompt(Box(10, 10, 50, 50))

    def refusal(prompt: Prompt, body: bytes, name: str = sha256) -> tuple[int, str]:
        with pytest.raises(BackendRefused) as caught:
            client.segment(prompt, sha256=name, load=lambda: body)
        return caught.value.status, caught.value.code

    assert refusal(good, data[:-100], hashlib.sha256(data[:-100]).hexdigest()) == (422, "truncated")
    assert refusal(good, b"hello", hashlib.sha256(b"hello").hexdigest()) == (422, "not_an_image")
    assert refusal(good, b"hello") == (400, "wrong_image")
    assert refusal(BoxPrompt(Box(0, 0, 900, 900)), data) == (400, "outside")
    assert refusal(good, b"", "0" * 64) == (404, "not_cached")


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        ("POST /v1/segment HTTP/1.1\r\nContent-Length: 0\r\n", 400, "bad_prompt"),
        ("POST /v1/segment HTTP/1.1\r\nX-Prompt: {\r\nContent-Length: 0\r\n", 400, "bad_prompt"),
        ("POST /v1/segment HTTP/1.1\r\nX-Prompt: {}\r\n", 411, "no_length"),
        ("POST /v1/segment HTTP/1.1\r\nX-Prompt: {}\r\nContent-Length: 99999999999\r\n", 413, "too_many_bytes"),
        ("POST /elsewhere HTTP/1.1\r\nContent-Length: 0\r\n", 404, "not_found"),
        ("GET / HTTP/1.1\r\n", 404, "not_found"),
    ],
)
def test_malformed_requests_get_an_answer(
    start: Callable[..., InferenceClient], head: str, status: int, code: str
) -> None:
    port = int(start().url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head.encode() + b"Host: x\r\n\r\n")
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert (response.status, json.loads(response.read())["code"]) == (status, code)


class Slow:
    """A backend that waits for its permission."""

    name = "slow"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)

    def segment(self, image: Pixels, prompt: Prompt) -> SegmentResult:
        self.entered.release()
        assert self.go.wait(10)
        return SegmentResult(np.ones((prompt.box.height, prompt.box.width), dtype=np.bool_), prompt.box, 1.0)


def test_a_full_queue_is_refused_at_once_and_recovers(start: Callable[..., InferenceClient]) -> None:
    slow = Slow()
    client = start(backend=slow, workers=1, waiting=1)
    data = as_png(scene()[0])
    sha256 = hashlib.sha256(data).hexdigest()

    def ask() -> str:
        try:
            client.segment(BoxPrompt(Box(10, 10, 50, 50)), sha256=sha256, load=lambda: data)
        except BackendUnavailable as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(ask)
        assert slow.entered.acquire(timeout=30)
        others = [pool.submit(ask) for _ in range(4)]
        while sum(other.done() for other in others) < 3:
            time.sleep(0.01)
        slow.go.set()
        answers = sorted(other.result() for other in others)
        assert answers == ["busy", "busy", "busy", "done"]
        assert first.result() == "done"
    assert ask() == "done"


def test_a_slow_tool_is_a_time_out_not_a_hanging_request(start: Callable[..., InferenceClient]) -> None:
    slow = Slow()
    client = InferenceClient(start(backend=slow).url, timeout=0.2)
    data = as_png(scene()[0])
    with pytest.raises(BackendUnavailable) as caught:
        client.segment(BoxPrompt(Box(1, 1, 9, 9)), sha256=hashlib.sha256(data).hexdigest(), load=lambda: data)
    slow.go.set()
    assert caught.value.code == "timeout"


def test_a_failing_tool_says_so_and_stays_up(start: Callable[..., InferenceClient]) -> None:
    class Broken:
        name = "broken"

        def segment(self, image: Pixels, prompt: Prompt) -> SegmentResult:
            raise ZeroDivisionError

    client = start(backend=Broken())
    data = as_png(scene()[0])
    with pytest.raises(BackendUnavailable) as caught:
        client.segment(BoxPrompt(Box(1, 1, 9, 9)), sha256=hashlib.sha256(data).hexdigest(), load=lambda: data)
    assert caught.value.code == "failed"
    assert client.healthy()


def test_no_server_is_an_error_that_says_what_to_do() -> None:
    client = InferenceClient("http://127.0.0.1:9", timeout=1)
    with pytest.raises(BackendUnavailable, match="not running") as caught:
        client.segment(BoxPrompt(Box(1, 1, 9, 9)), sha256="0" * 64, load=lambda: b"")
    assert caught.value.code == "not_running"


def test_the_process_stops_cleanly_on_sigterm() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"from labeling.autosegmentation.server import serve; serve({port})"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        client = InferenceClient(f"http://127.0.0.1:{port}", timeout=2)
        deadline = time.monotonic() + 60
        while not client.healthy():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
