"""Ask the inference process, from the web process: short time-outs and errors that say what to do."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from labeling.wording import gettext_noop

from .prompts import Box, Prompt, prompt_json


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
    """`url` is the inference process' address; `timeout` is in seconds, for connecting and for every wait."""

    url: str
    timeout: float = 10.0

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
            x0, y0, x1, y1 = (int(number) for number in answered["X-Box"].split(","))
            return Segment(png=data, box=Box(x0, y0, x1, y1), score=float(answered["X-Score"]))
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
            connection.request(method, address.path.rstrip("/") + path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
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


def _error(data: bytes) -> tuple[str, str]:
    try:
        content = json.loads(data)
        return str(content["code"]), str(content["message"])
    except (ValueError, KeyError, TypeError):
        return "failed", gettext_noop("The tool gave an answer that is not understood. Tell your operator.")
