"""A request id in every answer and every error, so that a person can name what went wrong."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from maskwright.core.ids import uuid7

_USABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id(request: object) -> str:
    return str(getattr(request, "request_id", ""))


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        identity = given if _USABLE.fullmatch(given) else uuid7().hex
        request.request_id = identity  # type: ignore[attr-defined]  # read back by request_id() only
        response = self.get_response(request)
        response["X-Request-Id"] = identity
        return response
