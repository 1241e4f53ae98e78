"""Ask the inference process, from the web process: short time-outs and errors that say what to do."""

from __future__ import annotations

import http.client
import json
import math
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from labeling.wording import gettext_noop

from .prompts import Box, Prompt, prompt_json

_NOT_UNDERSTOOD = gettext_noop("The tool gave an answer that is not understood. Tell your operator.")


class BackendUnavailable(Exception):
    """The tool cannot answer now (not running, too slow, too busy); painting by hand goes on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BackendRefused(Exception):
    """The request itself was wrong; `status` is 4xx, `code` that of PromptError or ImageError."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Segment:
    """`png`: 8-bit grey, 0 or 255, of the size of `box`."""

    png: bytes
    box: Box
    score: float


@dataclass(frozen=True)
class InferenceClient:
    """`url` is the inference process' address; `timeout` is in seconds, for a whole request."""

    url: str
    timeout: float = 10.0
    max_bytes: int = 64 << 20
    """Of an answer; a mask of the largest image takes far less."""

    def segment(self, prompt: Prompt, *, sha256: str, load: Callable[[], bytes]) -> Segment:
        """The object of `prompt` in the image with this SHA-256.

        `load` gives the file's bytes and is called only when the server does not hold the image. Raises
        BackendUnavailable (`not_running`, `timeout`, `busy`, `failed`) or BackendRefused.
        """
        headers = {"X-Prompt": json.dumps(prompt_json(prompt)), "X-Image-Sha256": sha256}
        try:
            return self._post(headers, b"")
        except BackendRefused as refused:
            if refused.code != "not_cached":
                raise
        return self._post(headers, load())

    def healthy(self) -> bool:
        """Whether the process answers."""
        try:
            status, _, _ = self._request("GET", "/healthz", {}, b"")
        except BackendUnavailable:
            return False
        return status == http.HTTPStatus.OK

    def _post(self, headers: dict[str, str], body: bytes) -> Segment:
        status, answered, data = self._request("POST", "/v1/segment", headers, body)
        if status == http.HTTPStatus.OK:
            return _segment(answered, data)
        code, message = _error(data)
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise BackendUnavailable(code, message)
        raise BackendRefused(status, code, message)

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        address = urlsplit(self.url)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=self.timeout)
        try:
            deadline = time.monotonic() + self.timeout
            connection.request(method, address.path.rstrip("/") + path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.headers, self._read(response, deadline)
        except TimeoutError as error:
            message = gettext_noop(
                "The tool did not answer within %(timeout)s seconds. Paint by hand or try again."
            ) % {"timeout": f"{self.timeout:g}"}
            raise BackendUnavailable("timeout", message) from error
        except (OSError, http.client.HTTPException) as error:
            message = gettext_noop("The tool is not running. Paint by hand and tell your operator (manage.py doctor).")
            raise BackendUnavailable("not_running", message) from error
        finally:
            connection.close()

    def _read(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        """The body; neither an endless nor a dripping one holds the web process."""
        data = bytearray()
        while part := response.read1(1 << 16):
            data += part
            if len(data) > self.max_bytes:
                raise BackendUnavailable("failed", _NOT_UNDERSTOOD)
            if time.monotonic() > deadline:
                raise TimeoutError
        return bytes(data)


_PNG_HEAD = struct.Struct(">8s4x4sIIBB")


def _segment(answered: http.client.HTTPMessage, data: bytes) -> Segment:
    """The answer, if it is one: an 8-bit grey PNG of the size of its box, and a score that is a number."""
    try:
        x0, y0, x1, y1 = (int(number) for number in answered["X-Box"].split(","))
        score = float(answered["X-Score"])
        signature, chunk, width, height, depth, colour = _PNG_HEAD.unpack_from(data)
    except (AttributeError, TypeError, ValueError, struct.error):
        raise BackendUnavailable("failed", _NOT_UNDERSTOOD) from None
    is_png = signature == b"\x89PNG\r\n\x1a\n" and chunk == b"IHDR" and (depth, colour) == (8, 0)
    if not is_png or min(x0, y0) < 0 or (width, height) != (x1 - x0, y1 - y0) or not math.isfinite(score):
        raise BackendUnavailable("failed", _NOT_UNDERSTOOD)
    return Segment(png=data, box=Box(x0, y0, x1, y1), score=score)


def _error(data: bytes) -> tuple[str, str]:
    try:
        content = json.loads(data)
        return str(content["code"]), str(content["message"])
    except (ValueError, KeyError, TypeError):
        return "failed", _NOT_UNDERSTOOD
