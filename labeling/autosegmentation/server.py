"""The inference process: one small HTTP server around a backend, for our own web process on the same machine.

It has no database and no accounts. README.md has the protocol. Images reach it only after intake has verified
them; sizes are judged again before decoding.
"""

from __future__ import annotations

import hashlib
import json
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from labeling.images import MAX_BYTES, MAX_SIDE, ImageError, decode_image, inspect_image
from labeling.masks import encode_grey
from labeling.wording import gettext_noop as _

from .base import Backend, Embedding, Prediction, State, bounds, checked
from .cache import ByteCache
from .prompts import Box, ExtremePoints, Prompt, PromptError, parse_prompt, prompt_json
from .registry import DEFAULT_BACKEND, load_backend

logger = logging.getLogger(__name__)

_MAX_PROMPT_CHARS = 2_000
_STATES_BYTES = 64 << 20
_IDLE_SECONDS = 30


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Turns:
    """At most `workers` requests compute at a time and `waiting` more wait; the rest are refused at once."""

    def __init__(self, workers: int, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(workers + waiting)
        self._workers = threading.BoundedSemaphore(workers)

    @contextmanager
    def take(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            message = _("Too many objects are being segmented at the moment. Try again in a second.")
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", message)
        try:
            with self._workers:
                yield
        finally:
            self._places.release()


class InferenceServer(ThreadingHTTPServer):
    """Listens as soon as it is made. `workers`: objects segmented at the same time."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        backend: Backend | None = None,
        workers: int = 2,
        waiting: int = 16,
        cache: ByteCache[Embedding] | None = None,
    ) -> None:
        self.backend = backend or load_backend(DEFAULT_BACKEND)
        self.turns = Turns(workers, waiting)
        self.cache: ByteCache[Embedding] = cache or ByteCache()
        self._states: ByteCache[State] = ByteCache(_STATES_BYTES)
        super().__init__((host, port), _Handler)

    def embedding(self, body: bytes, claimed_sha256: str) -> tuple[str, Embedding]:
        """The image of a request as the backend wants it, from its body or from the cache, and its SHA-256."""
        if not body:
            cached = self.cache.get(claimed_sha256)
            if cached is None:
                message = _("The image is not in memory. Send it in the body.")
                raise Refused(HTTPStatus.NOT_FOUND, "not_cached", message)
            return claimed_sha256, cached
        sha256 = hashlib.sha256(body).hexdigest()
        if claimed_sha256 and claimed_sha256 != sha256:
            message = _("The image is not the one that X-Image-Sha256 names. Send the right one.")
            raise Refused(HTTPStatus.BAD_REQUEST, "wrong_image", message)
        embedding = self.cache.get(sha256)
        if embedding is None:
            try:
                inspect_image(body, max_side=MAX_SIDE)
                pixels = np.asarray(decode_image(body).convert("RGB"), dtype=np.uint8)
            except ImageError as error:
                raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, str(error)) from error
            embedding = self.backend.encode(pixels)
            self.cache.put(sha256, embedding)
        return sha256, embedding

    def predict(self, sha256: str, embedding: Embedding, prompt: Prompt) -> Prediction:
        """The object, corrected click by click. What was answered before is looked up, or else worked out again,
        so that no request depends on an earlier one. Raises BadAnswer.
        """
        prompts = [replace(prompt, clicks=prompt.clicks[:count]) for count in range(len(prompt.clicks) + 1)]
        keys = [f"{sha256} {json.dumps(prompt_json(each))}" for each in prompts]
        state, done = None, 0
        for count in range(len(prompt.clicks), 0, -1):
            state = self._states.get(keys[count - 1])
            if state is not None:
                done = count
                break
        for count in range(done, len(prompts)):
            if count == 0:
                answer = self._start(embedding, prompt)
            else:
                answer = self.backend.predict(embedding, points=prompt.clicks[count - 1 : count], previous=state)
            prediction = checked(answer, embedding.shape)
            state = prediction.state
            self._states.put(keys[count], state)
        return prediction

    def _start(self, embedding: Embedding, prompt: Prompt) -> Prediction:
        if isinstance(prompt, ExtremePoints):
            return self.backend.predict(embedding, extreme_points=prompt.points)
        box = prompt.box
        return self.backend.predict(embedding, box=(box.x0, box.y0, box.x1 - 1, box.y1 - 1))


class _Handler(BaseHTTPRequestHandler):
    server: InferenceServer
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server_version = "maskwright-inference"

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._json(HTTPStatus.OK, {"status": "ok", "backend": self.server.backend.name})
        else:
            self._json(HTTPStatus.NOT_FOUND, {"code": "not_found", "message": _("There is nothing here.")})

    def do_POST(self) -> None:
        try:
            self._segment()
        except Refused as refused:
            # Unread bytes of a refused body would be taken for the next request.
            self.close_connection = True
            self._json(refused.status, {"code": refused.code, "message": str(refused)})
        except Exception:
            logger.exception("segmenting failed")
            self.close_connection = True
            message = _("The tool failed on this object. Use another tool and tell your operator.")
            self._json(HTTPStatus.INTERNAL_SERVER_ERROR, {"code": "failed", "message": message})

    def _segment(self) -> None:
        if self.path != "/v1/segment":
            raise Refused(HTTPStatus.NOT_FOUND, "not_found", _("Send POST /v1/segment."))
        prompt_json = self._prompt_json()
        body = self._body()
        with self.server.turns.take():
            sha256, embedding = self.server.embedding(body, self.headers.get("X-Image-Sha256", "").lower())
            height, width = embedding.shape[:2]
            try:
                prompt = parse_prompt(prompt_json, width=width, height=height)
            except PromptError as error:
                raise Refused(HTTPStatus.BAD_REQUEST, error.code, str(error)) from error
            result = self.server.predict(sha256, embedding, prompt)
        box = _around(prompt.box, bounds(result.mask))
        png = encode_grey(result.mask[box.y0 : box.y1, box.x0 : box.x1].astype(np.uint8) * 255)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(png)))
        self.send_header("X-Box", f"{box.x0},{box.y0},{box.x1},{box.y1}")
        self.send_header("X-Score", f"{result.score:.4f}")
        self.end_headers()
        self.wfile.write(png)

    def _prompt_json(self) -> object:
        text = self.headers.get("X-Prompt", "")
        if not text or len(text) > _MAX_PROMPT_CHARS:
            raise Refused(HTTPStatus.BAD_REQUEST, "bad_prompt", _("The header X-Prompt must hold the prompt's JSON."))
        try:
            prompt: object = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Refused(
                HTTPStatus.BAD_REQUEST, "bad_prompt", _("X-Prompt is not JSON: %(error)s.") % {"error": error}
            ) from error
        return prompt

    def _body(self) -> bytes:
        text = self.headers.get("Content-Length")
        if text is None or not text.isdecimal():
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "no_length", _("The header Content-Length is needed."))
        if int(text) > MAX_BYTES:
            message = _("The image is larger than %(most)s MB.") % {"most": MAX_BYTES // (1 << 20)}
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many_bytes", message)
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            raise Refused(HTTPStatus.BAD_REQUEST, "truncated", _("The image's bytes ended early. Send it again."))
        return body

    def _json(self, status: HTTPStatus, content: dict[str, str]) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        logger.debug(format, *args)


def _around(one: Box, other: Box | None) -> Box:
    if other is None:
        return one
    return Box(min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1))


def serve(port: int, *, host: str = "127.0.0.1", backend: str = DEFAULT_BACKEND, workers: int = 2) -> None:
    """Serve until SIGTERM or SIGINT. Raises UnknownBackendError, and OSError when the port is taken."""
    # The workers are the parallelism; OpenCV's own threads would only fight over the same cores.
    cv2.setNumThreads(1)
    server = InferenceServer(port, host=host, backend=load_backend(backend), workers=workers)

    def stop(_signal: int, _frame: object) -> None:
        # shutdown() waits for serve_forever, which runs in this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    logger.info("inference (%s) listens on %s:%s", backend, host, server.server_address[1])
    with server:
        server.serve_forever(poll_interval=0.2)
