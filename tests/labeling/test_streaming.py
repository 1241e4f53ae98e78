"""Long answers under ASGI arrive piece by piece; Django alone would collect them whole."""

import asyncio
from collections.abc import Iterator

from labeling.api.streaming import PieceByPiece


def test_pieces_are_asked_for_one_by_one() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(5):
            made.append(number)
            yield bytes([number])

    async def read() -> list[tuple[bytes, int]]:
        return [(piece, len(made)) async for piece in PieceByPiece(pieces())]

    assert asyncio.run(read()) == [(bytes([n]), n + 1) for n in range(5)]


def test_under_wsgi_it_is_an_ordinary_stream() -> None:
    assert list(PieceByPiece(iter([b"a", b"b"]))) == [b"a", b"b"]
