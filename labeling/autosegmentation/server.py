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
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from labeling.images import MAX_BYTES, MAX_SIDE, ImageError, decode_image, inspect_image
from labeling.masks import encode_grey
from labeling.wording import gettext_noop as _

from .base import Backend, Pixels
from .cache import ImageCache
from .prompts import PromptError, parse_prompt
from .registry import DEFAULT_BACKEND, get_backend

logger = logging.getLogger(__name__)

_MAX_PROMPT_CHARS = 2_000
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
        cache: ImageCache | None = None,
    ) -> None:
        self.backend = backend or get_backend(DEFAULT_BACKEND)
        self.turns = Turns(workers, waiting)
        self.cache = cache or ImageCache()
        super().__init__((host, port), _Handler)

    def image(self, body: bytes, claimed_sha256: str) -> Pixels:
        """The decoded image of a request, from its body or from the cache."""
        if not body:
            cached = self.cache.get(claimed_sha256)
            if cached is None:
                message = _("The image is not in memory. Send it in the body.")
                raise Refused(HTTPStatus.NOT_FOUND, "not_cached", message)
            return cached
        sha256 = hashlib.sha256(body).hexdigest()
        if claimed_sha256 and claimed_sha256 != sha256:
            message = _("The image is not the one that X-Image-Sha256 names. Send the right one.")
            raise Refused(HTTPStatus.BAD_REQUEST, "wrong_image", message)
        image = self.cache.get(sha256)
        if image is None:
            try:
                inspect_image(body, max_side=MAX_SIDE)
                image = np.asarray(decode_image(body).convert("RGB"), dtype=np.uint8)
            except ImageError as error:
                raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, str(error)) from error
            self.cache.put(sha256, image)
        return image


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
            image = self.server.image(body, self.headers.get("X-Image-Sha256", "").lower())
            height, width = image.shape[:2]
            try:
                prompt = parse_prompt(prompt_json, width=width, height=height)
            except PromptError as error:
                raise Refused(HTTPStatus.BAD_REQUEST, error.code, str(error)) from error
            result = self.server.backend.segment(image, prompt)
        png = encode_grey(result.mask.astype(np.uint8) * 255)
        box = result.box
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


def serve(port: int, *, host: str = "127.0.0.1", backend: str = DEFAULT_BACKEND, workers: int = 2) -> None:
    """Serve until SIGTERM or SIGINT. Raises UnknownBackendError, and OSError when the port is taken."""
    # The workers are the parallelism; OpenCV's own threads would only fight over the same cores.
    cv2.setNumThreads(1)
    server = InferenceServer(port, host=host, backend=get_backend(backend), workers=workers)

    def stop(_signal: int, _frame: object) -> None:
        # shutdown() waits for serve_forever, which runs in this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    logger.info("inference (%s) listens on %s:%s", backend, host, server.server_address[1])
    with server:
        server.serve_forever(poll_interval=0.2)
