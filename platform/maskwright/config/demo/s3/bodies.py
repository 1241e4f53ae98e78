"""Bodies of requests: plain ones, and those in signed or unsigned chunks with a trailer (aws-chunked)."""

from collections.abc import Iterator, Mapping
from io import BufferedIOBase

from maskwright.config.demo.s3.store import StoreError

_BLOCK = 1 << 20
_MOST = 5 << 30  # bytes of one request, as in S3


def read_blocks(source: BufferedIOBase, headers: Mapping[str, str]) -> Iterator[bytes]:
    """The object's bytes, in order. Raises StoreError when less arrives than was said."""
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _MOST:
        raise StoreError("MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
    if headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        yield from _chunked(source, headers.get("x-amz-decoded-content-length", ""))
        return
    yield from _exactly(source, int(length))


def _exactly(source: BufferedIOBase, length: int) -> Iterator[bytes]:
    while length:
        block = source.read(min(length, _BLOCK))
        if not block:
            raise _incomplete()
        length -= len(block)
        yield block


def _chunked(source: BufferedIOBase, decoded: str) -> Iterator[bytes]:
    """`<size in hex>[;chunk-signature=...]` CRLF bytes CRLF, again and again, until size 0 and a trailer."""
    whole = 0
    while True:
        line = source.readline(8192)
        size = line.split(b";")[0].strip()
        try:
            count = int(size, 16)
        except ValueError:
            raise _incomplete() from None
        if not count:
            break
        whole += count
        yield from _exactly(source, count)
        source.readline(8192)
    while source.readline(8192).strip():  # the trailer with its checksum
        pass
    if decoded.isdecimal() and whole != int(decoded):
        raise _incomplete()


def _incomplete() -> StoreError:
    return StoreError("IncompleteBody", 400, "You did not provide the number of bytes specified.")
