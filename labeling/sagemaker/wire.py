"""JSON 1.1: bodies in and out, strictly, so that nothing that cannot be stored or computed with comes further."""

import json
from datetime import datetime
from typing import Any

from labeling.sagemaker.errors import ApiError, Unreadable

CONTENT_TYPE = "application/x-amz-json-1.1"
#: A template and its task of 128,000 characters each, escaped, are below.
MAX_BYTES = 4 * 1024 * 1024
_DEPTH = 64


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty one is an empty object. Raises Unreadable."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Unreadable("The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Unreadable("Start of structure or map expected.")
    _check(value)
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _check(value: Any) -> None:
    """No half surrogate pairs, not too deep: neither can be stored."""
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _DEPTH:
            raise Unreadable("The request body is nested too deeply.")
        if isinstance(one, dict):
            waiting += [(below, depth + 1) for pair in one.items() for below in pair]
        elif isinstance(one, list):
            waiting += [(below, depth + 1) for below in one]
        elif isinstance(one, str) and any("\ud800" <= character <= "\udfff" for character in one):
            raise Unreadable("The request body has half of a surrogate pair.")


def encode(answer: Any) -> bytes:
    """Times become epoch seconds with milliseconds, as AWS's own answers have them."""
    return json.dumps(answer, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} cannot be sent")


def error_body(error: ApiError) -> bytes:
    return encode({"__type": error.code, "Message": error.message[:8192], "message": error.message[:8192]})
