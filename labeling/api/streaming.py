"""Long answers in pieces, under ASGI and under WSGI, in bounded memory."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, BinaryIO

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from rest_framework.request import Request

from labeling.selectors.objects import Picture

_END: Any = object()
_SLICE = 256 * 1024
HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}


class PieceByPiece(StreamingHttpResponse):
    """Under ASGI Django collects a synchronous iterator whole before it sends anything; this asks piece by piece."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        iterator = iter(self)
        following = sync_to_async(lambda: next(iterator, _END))
        while (piece := await following()) is not _END:
            yield piece


def attachment(pieces: Iterator[bytes], *, content_type: str, file_name: str) -> PieceByPiece:
    """`file_name` is made by us: ASCII without quotes."""
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{file_name}"'}
    return PieceByPiece(pieces, content_type=content_type, headers=headers)


def picture(found: Picture) -> PieceByPiece:
    """An image, shown in place; opened before the answer begins, so that a missing one is an error."""
    file = found.location.open()
    headers = {**HEADERS, "Content-Disposition": f'inline; filename="{found.file_name}"'}
    return PieceByPiece(_slices(file), content_type=found.content_type, headers=headers)


def small_picture(request: Request, sha256: str, read: Callable[[], bytes | None]) -> HttpResponse:
    """A thumbnail of the photo with this SHA-256, asked for again each time it is shown: rights may have ended.

    202 while `read` has none yet, which an `<img>` shows as nothing.
    """
    tag = f'"thumbnail-{sha256}"'
    if sha256 and request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={**HEADERS, "ETag": tag})
    jpeg = read()
    if jpeg is None:
        return JsonResponse({"state": "pending"}, status=202, headers={"Cache-Control": "no-store", "Retry-After": "2"})
    return HttpResponse(jpeg, content_type="image/jpeg", headers={**HEADERS, "ETag": tag})


def _slices(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while data := file.read(_SLICE):
            yield data
