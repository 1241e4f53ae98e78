"""Primary keys: UUID version 7 (RFC 9562), so that new rows land together in an index."""

import secrets
import time
import uuid

_last_ms = 0
_counter = 0


def uuid7() -> uuid.UUID:
    """Return a UUIDv7; within one process ids made in the same millisecond still ascend.

    Layout: 48 bits Unix milliseconds, version, 12 bits counter, variant, 62 random bits. The counter starts at a
    random low value each millisecond and carries into the clock when it overflows.
    """
    global _last_ms, _counter
    now = time.time_ns() // 1_000_000
    if now > _last_ms:
        _last_ms, _counter = now, secrets.randbits(8)
    else:
        _counter += 1
        if _counter > 0xFFF:
            _last_ms, _counter = _last_ms + 1, 0
    value = (_last_ms & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | _counter << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def uuid7_like(other: uuid.UUID) -> uuid.UUID:
    """An id as if made right after another one, where its own time would tell what it must not."""
    counter = ((other.int >> 64) & 0xFFF) + 1 + secrets.randbelow(8)
    made = (other.int >> 80 << 80) | (0x7 << 76) | (min(counter, 0xFFF) << 64)
    return uuid.UUID(int=made | 0b10 << 62 | secrets.randbits(62))
