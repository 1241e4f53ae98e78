"""The one place where errors become HTTP: `{code, message, fields: [{path, code, message}], request_id}`."""

import math
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, UnsupportedMediaType, ValidationError
from rest_framework.response import Response

from maskwright.core.api.request_id import request_id
from maskwright.core.api.visibility import is_hidden
from maskwright.core.errors import DomainError, FieldProblem, NotAllowed, NotFound

#: What is away is mostly started again within this time.
_RETRY_SECONDS = 5


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Every error undoes the request's transaction."""
    if isinstance(error, NotAllowed | PermissionDenied) and is_hidden(context["kwargs"]):
        error = Http404()
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    identity = request_id(context["request"]._request)
    if isinstance(error, Http404):
        error = NotFound(_("There is nothing at this address, or it is not yours to see."))
    elif isinstance(error, PermissionDenied):
        error = NotAllowed(str(error) or _("You may not do this."))
    if isinstance(error, DomainError):
        body = error_body(error.error_code, error.message, error.fields, identity) | dict(error.details)
        return Response(body, status=error.status, headers=_headers(error.status))
    if isinstance(error, ValidationError):
        fields = tuple(unreadable(error))
        message = _("The request has fields that cannot be used; each is listed with what to do.")
        return Response(error_body("invalid", message, fields, identity), status=422)
    if isinstance(error, APIException):
        message = _what_is_taken(context) if isinstance(error, UnsupportedMediaType) else str(error.detail)
        body = error_body(str(error.default_code), message, (), identity)
        return Response(
            body, status=error.status_code, headers=_headers(error.status_code, getattr(error, "wait", None))
        )
    return None


def _what_is_taken(context: dict[str, Any]) -> str:
    taken = ", ".join(dict.fromkeys(parser.media_type for parser in context["view"].get_parsers()))
    given = context["request"]._request.content_type or ""
    return _("This call does not take the content type '%(given)s'. Send %(taken)s.") % {"given": given, "taken": taken}


def _headers(status: int, wait: float | None = None) -> dict[str, str]:
    """Who is not signed in is told how; who has to come back later, when."""
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if status in (429, 503):
        return {"Retry-After": str(math.ceil(wait) if wait else _RETRY_SECONDS)}
    return {}


def error_body(code: str, message: str, fields: tuple[FieldProblem, ...], identity: str) -> dict[str, Any]:
    listed = [{"path": f.path, "code": f.code, "message": f.message} for f in fields]
    return {"code": code, "message": message, "fields": listed, "request_id": identity}


def unreadable(error: ValidationError) -> list[FieldProblem]:
    """All violations of a serializer."""
    return _flatten(error.get_full_details(), "")


def _flatten(details: Any, path: str) -> list[FieldProblem]:
    """All violations of a serializer, however deep, with dotted paths."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        return [FieldProblem(path or "body", str(details["code"]), str(details["message"]))]
    found: list[FieldProblem] = []
    items = details.items() if isinstance(details, dict) else enumerate(details)
    leaf_list = isinstance(details, list) and all(
        isinstance(d, dict) and set(d) == {"message", "code"} for d in details
    )
    for key, value in items:
        below = path if leaf_list or key == "non_field_errors" else f"{path}.{key}" if path else str(key)
        found.extend(_flatten(value, below))
    return found
