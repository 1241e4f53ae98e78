"""Pages of lists: `MaxResults` of them, and a `NextToken` that only fits the same question again."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from labeling.sagemaker.errors import ValidationFailed
from labeling.sagemaker.operation import Call
from maskwright.core.scope import current_scope

_R = TypeVar("_R")
_M = TypeVar("_M", bound=Model)
_PAGING = ("NextToken", "MaxResults")


def query_page(call: Call, rows: "QuerySet[_M]", *, key: str, descending: bool, size: int = 10) -> tuple[list[_M], str]:
    """One page of a queryset in the order of `key` (a field or annotation), and the token of the next, or ""."""
    count = call.request.get("MaxResults", size)
    after = _after(call)
    if after is not None:
        value, pk = after
        beyond = "lt" if descending else "gt"
        rows = rows.filter(Q(**{f"{key}__{beyond}": value}) | Q(**{key: value, f"pk__{beyond}": pk}))
    sign = "-" if descending else ""
    found = list(rows.order_by(f"{sign}{key}", f"{sign}pk")[: count + 1])
    if len(found) <= count:
        return found, ""
    last = found[count - 1]
    return found[:count], _token(call, getattr(last, key), last.pk)


def list_page(
    call: Call, rows: Sequence[_R], *, key: Callable[[_R], tuple[Any, str]], descending: bool, size: int = 10
) -> tuple[list[_R], str]:
    """As `query_page`, of a list that is at hand; `key` gives what is sorted by and something unique."""
    count = call.request.get("MaxResults", size)
    ordered = sorted(rows, key=key, reverse=descending)
    after = _after(call)
    if after is not None:
        place = (_as_key(after[0]), str(after[1]))
        texts = [(_as_key(_plain(key(one)[0])), str(key(one)[1])) for one in ordered]
        ordered = [
            one for one, text in zip(ordered, texts, strict=True) if (text < place if descending else text > place)
        ]
    if len(ordered) <= count:
        return ordered, ""
    last = key(ordered[count - 1])
    return ordered[:count], _token(call, last[0], last[1])


def _as_key(value: Any) -> str:
    return str(value)


def with_token(answer: dict[str, Any], token: str) -> dict[str, Any]:
    """The answer with `NextToken`, which the last page leaves out."""
    return {**answer, "NextToken": token} if token else answer


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _salt(call: Call) -> str:
    question = {name: str(value) for name, value in sorted(call.request.items()) if name not in _PAGING}
    digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()
    return f"sagemaker.{call.operation}.{current_scope().organization_id}.{digest}"


def _token(call: Call, value: Any, pk: Any) -> str:
    return signing.dumps([_plain(value), str(pk)], salt=_salt(call), compress=True)


def _after(call: Call) -> tuple[Any, str] | None:
    token = call.request.get("NextToken", "")
    if not token:
        return None
    try:
        value, pk = signing.loads(token, salt=_salt(call))
    except (signing.BadSignature, ValueError):
        raise ValidationFailed("The NextToken is not valid for this request. Begin without one.") from None
    return value, pk
