"""What the work API takes."""

import json
import re
import uuid
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from labeling.api.work.devices import device_name
from labeling.masks import max_mask_bytes
from labeling.services.answers import Answer, crowd_answer, mask_answer, other_answer
from labeling.services.drafts import Window
from maskwright.core.api.parsers import BoundedJSONParser, read_bounded
from maskwright.core.errors import FieldProblem, Invalid
from workforce.errors import MissingFencingToken

_WINDOW = re.compile(r"[A-Za-z0-9.:-]{0,80}")


class ClaimInput(serializers.Serializer[Any]):
    job = serializers.UUIDField(required=False, allow_null=True, help_text="Only this job; any of yours otherwise.")


class HeartbeatInput(serializers.Serializer[Any]):
    active_seconds = serializers.FloatField(
        min_value=0, max_value=3600, default=0.0, help_text="Seconds of activity since the last heartbeat."
    )


class ReleaseInput(serializers.Serializer[Any]):
    hold = serializers.BooleanField(default=False, help_text="Stop and resume later: nobody else gets the place.")


class DeclineInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class OtherAnswerInput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    content = serializers.DictField(default=dict)


class PngParser(BaseParser):
    """The raw bytes of an indexed PNG, no longer than a mask of the largest photo can be."""

    media_type = "image/png"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return read_bounded(stream, max_mask_bytes(settings.IMAGE_MAX_SIDE, settings.IMAGE_MAX_SIDE))


class CrowdParser(BoundedJSONParser):
    """JSON that may hold a mask in base64."""

    limit = max_mask_bytes(settings.IMAGE_MAX_SIDE, settings.IMAGE_MAX_SIDE) * 4 // 3 + 1024 * 1024


ANSWER_PARSERS = [PngParser, BoundedJSONParser]
SUBMIT_PARSERS = [PngParser, CrowdParser]


def fencing_token(request: Request) -> int:
    value = request.headers.get("X-Fencing-Token", "")
    if not value.isdecimal() or len(value) > 18:
        raise MissingFencingToken(_("Send the claim's token in the header X-Fencing-Token."))
    return int(value)


def idempotency_key(request: Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError:
        message = _(
            "Send a UUID in the header Idempotency-Key: a new one for each answer, the same for its repetitions."
        )
        problem = FieldProblem("Idempotency-Key", "required", message)
        raise Invalid(message, code="missing_idempotency_key", fields=(problem,)) from None


def draft_seq(request: Request) -> int:
    value = request.headers.get("X-Draft-Seq", "")
    if not value.isdecimal() or len(value) > 15:
        message = _("Send the draft's number, greater than the last one, in the header X-Draft-Seq.")
        raise Invalid(message, fields=(FieldProblem("X-Draft-Seq", "required", message),))
    return int(value)


def draft_base(request: Request) -> int | None:
    """The stored draft that a draft or an answer goes on from; None where the client does not say."""
    value = request.headers.get("X-Draft-Base")
    if value is None:
        return None
    if not value.isdecimal() or len(value) > 15:
        message = _("Send the number of the stored draft, 0 without one, in the header X-Draft-Base.")
        raise Invalid(message, fields=(FieldProblem("X-Draft-Base", "not_a_number", message),))
    return int(value)


def window(request: Request) -> Window:
    """Where it is painted: the client's name of its window, and the device as its program calls itself."""
    name = request.headers.get("X-Window", "")
    if not _WINDOW.fullmatch(name):
        message = _("X-Window may have up to 80 letters, digits, dots, colons and hyphens.")
        raise Invalid(message, fields=(FieldProblem("X-Window", "wrong", message),))
    return Window(name, device_name(request.headers.get("User-Agent", "")))


def keeps_replaced(request: Request) -> bool:
    """Whether the draft that is replaced was another window's, to be kept as a version."""
    return request.headers.get("X-Draft-Keep", "") == "replaced"


def answer(request: Request) -> Answer:
    if isinstance(request.data, bytes):
        return mask_answer(request.data)
    if not request.data and not _is_json(request):  # nothing was sent, so no parser was asked
        return mask_answer(b"")
    given = OtherAnswerInput(data=request.data)
    given.is_valid(raise_exception=True)
    kind, content = given.validated_data["kind"], given.validated_data["content"]
    return crowd_answer(content) if kind == "crowd" else other_answer(kind, content)


def _is_json(request: Request) -> bool:
    return (request.content_type or "").partition(";")[0].strip().lower() == BoundedJSONParser.media_type


def draft_body(request: Request) -> bytes:
    """A mask, or the form of a task with a page of its own."""
    if isinstance(request.data, bytes):
        return request.data
    if not _is_json(request):
        raise Invalid(_("Send the draft as image/png, or that of a task with a page of its own as application/json."))
    return json.dumps(request.data, ensure_ascii=False, separators=(",", ":")).encode()
