"""The inference process answers, refuses and recovers, and its client believes no answer unseen."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.autosegmentation import (
    BackendRefused,
    BackendUnavailable,
    Box,
    BoxPrompt,
    ExtremePoints,
    InferenceClient,
    Segment,
)
from labeling.autosegmentation.base import Pixels, Prediction, State
from labeling.autosegmentation.grabcut import GrabCut
from labeling.autosegmentation.server import InferenceServer
from tests.factories.drawn_objects import as_png, extremes, scene, two_spots

ROOT = Path(__file__).resolve().parents[3]


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
    direct = GrabCut().predict(image, extreme_points=extremes(truth).points)
    with Image.open(io.BytesIO(first.png)) as png:
        assert png.mode == "L"
        box = first.box
        assert np.array_equal(np.asarray(png) == 255, direct.mask[box.y0 : box.y1, box.x0 : box.x1])
    assert first.box == extremes(truth).box
    assert first.score == pytest.approx(direct.score, abs=1e-4)


def test_health_is_answered(start: Callable[..., InferenceClient]) -> None:
    assert start().healthy()
    assert not InferenceClient("http://127.0.0.1:9", timeout=1).healthy()


def test_wrong_requests_are_refused_with_a_code(start: Callable[..., InferenceClient]) -> None:
    client = start()
    data = as_png(scene()[0])
    sha256 = hashlib.sha256(data).hexdigest()
    good = BoxPrompt(Box(10, 10, 50, 50))

    def refusal(prompt: BoxPrompt | ExtremePoints, body: bytes, name: str = sha256) -> tuple[int, str]:
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


class Answering:
    """A backend that answers what it was told to."""

    name = "answering"

    def __init__(self, answer: Callable[..., Any]) -> None:
        self.answer = answer

    def encode(self, rgb: Pixels, /) -> Pixels:
        return rgb

    def predict(self, embedding: Pixels, /, **prompts: Any) -> Any:
        return self.answer(embedding, **prompts)


class Slow(Answering):
    """A backend that waits for its permission."""

    def __init__(self) -> None:
        super().__init__(self.wait)
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)

    def wait(self, embedding: Pixels, **_: Any) -> Prediction:
        self.entered.release()
        assert self.go.wait(10)
        return Prediction(np.ones(embedding.shape[:2], dtype=np.bool_), 1.0, State())


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


def _fails(embedding: Pixels, **_: Any) -> Prediction:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "answer",
    [
        _fails,
        lambda embedding, **_: Prediction(np.ones((3, 3), dtype=np.bool_), 1.0, State()),
        lambda embedding, **_: Prediction(np.ones(embedding.shape, dtype=np.bool_), 1.0, State()),
        lambda embedding, **_: Prediction(np.full(embedding.shape[:2], np.nan), 1.0, State()),
        lambda embedding, **_: Prediction(np.ones(embedding.shape[:2], dtype=np.bool_), float("nan"), State()),
        lambda embedding, **_: Prediction(None, 1.0, State()),  # type: ignore[arg-type]
    ],
)
def test_a_failing_or_lying_tool_is_said_so_and_the_process_stays_up(
    start: Callable[..., InferenceClient], answer: Callable[..., Prediction]
) -> None:
    client = start(backend=Answering(answer))
    data = as_png(scene()[0])
    with pytest.raises(BackendUnavailable) as caught:
        client.segment(BoxPrompt(Box(1, 1, 9, 9)), sha256=hashlib.sha256(data).hexdigest(), load=lambda: data)
    assert caught.value.code == "failed"
    assert client.healthy()


def test_clicks_go_over_http_and_do_not_depend_on_what_the_process_remembers(
    start: Callable[..., InferenceClient],
) -> None:
    image, red, _ = two_spots()
    data = as_png(image)
    sha256 = hashlib.sha256(data).hexdigest()
    prompt = replace(extremes(red), clicks=((110, 60, True), (95, 45, False)))

    def ask(client: InferenceClient, count: int) -> Segment:
        return client.segment(replace(prompt, clicks=prompt.clicks[:count]), sha256=sha256, load=lambda: data)

    one_by_one = start()
    steps = [ask(one_by_one, count) for count in range(3)]
    at_once = ask(start(), 2)
    assert (at_once.png, at_once.box) == (steps[2].png, steps[2].box)
    assert steps[0].box == extremes(red).box
    assert steps[1].box.x1 > 120


PNG_OF_3_BY_2 = as_png(np.zeros((2, 3), dtype=np.uint8))


def _answers(head: str, body: bytes, *, pause: float = 0.0, times: int = 1) -> Iterator[bytes]:
    yield f"HTTP/1.1 200 OK\r\n{head}\r\n".encode()
    for _ in range(times):
        yield body
        time.sleep(pause)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda: _answers("", b"x"), "failed"),
        (lambda: _answers("X-Box: 0,0,3,2\r\nX-Score: nan\r\n", PNG_OF_3_BY_2), "failed"),
        (lambda: _answers("X-Box: 0,0,9,9\r\nX-Score: 1\r\n", PNG_OF_3_BY_2), "failed"),
        (lambda: _answers("X-Box: 0,0,3\r\nX-Score: 1\r\n", PNG_OF_3_BY_2), "failed"),
        (lambda: _answers("X-Box: 0,0,3,2\r\nX-Score: 1\r\n", b"GIF89a" * 9), "failed"),
        (lambda: _answers("", b"x" * 4096, times=1_000_000), "failed"),
        (lambda: _answers("", b"x", pause=0.1, times=1_000), "timeout"),
    ],
)
def test_a_server_that_lies_floods_or_drips_hurts_nobody(answer: Callable[[], Iterator[bytes]], code: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(1 << 16)
                for part in answer():
                    connection.sendall(part)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        client = InferenceClient(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=2, max_bytes=1 << 20)
        started = time.monotonic()
        with pytest.raises(BackendUnavailable) as caught:
            client.segment(BoxPrompt(Box(0, 0, 3, 3)), sha256="0" * 64, load=lambda: b"")
        assert caught.value.code == code
        assert time.monotonic() - started < 8


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
