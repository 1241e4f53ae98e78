"""How bodies are read: bounded, whatever a client sends."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from maskwright.core.errors import DomainError

#: A label set of 255 categories or a team of 1,000 people are far below.
MAX_JSON_BYTES = 4 * 1024 * 1024


class BodyTooLarge(DomainError):
    code = "too_large"
    status = 413


def read_bounded(stream: IO[bytes], limit: int) -> bytes:
    """The whole body; BodyTooLarge when it is longer than `limit` bytes, without reading the rest into memory."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise BodyTooLarge(
            _("The request is larger than %(limit)s MB. Send less at once.") % {"limit": limit // (1024 * 1024)}
        )
    return bytes(data)


class BoundedJSONParser(JSONParser):
    """JSON of at most `limit` bytes that Python can hold and PostgreSQL can store."""

    limit = MAX_JSON_BYTES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        data = read_bounded(stream, self.limit)
        try:
            value = super().parse(BytesIO(data), media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        _refuse_unstorable(value)
        return value


def _refuse_unstorable(value: Any) -> None:
    """Refuse NUL and lone surrogates in any text, keys included: no text column and no JSON column takes them."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and ("\0" in one or not _is_whole(one)):
            raise ParseError(_("A text holds a character that cannot be stored (NUL or half of a surrogate pair)."))


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
