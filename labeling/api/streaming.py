"""Long answers in pieces, under ASGI and under WSGI, in bounded memory."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, BinaryIO

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

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


def _slices(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while data := file.read(_SLICE):
            yield data
