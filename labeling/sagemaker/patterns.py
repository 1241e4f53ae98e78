r"""The model's patterns are Java's: `\p{L}` and the like become ranges, `\d` is ASCII, the whole text counts."""

import re
import unicodedata
from functools import lru_cache

_PROPERTY = re.compile(r"\\p\{(\w)\}")
_LAST = 0x10FFFF


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_PROPERTY.sub(lambda found: _ranges()[found[1]], pattern), re.ASCII)


def matches(pattern: str, text: str) -> bool:
    return compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1)
def _ranges() -> dict[str, str]:
    """Major category -> the inside of a character class; one pass over all characters, a third of a second, once."""
    parts: dict[str, list[str]] = {}
    start, kind = 0, unicodedata.category(chr(0))[0]
    for code in range(1, _LAST + 2):
        now = unicodedata.category(chr(code))[0] if code <= _LAST else ""
        if now != kind:
            parts.setdefault(kind, []).append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start, kind = code, now
    return {major: "".join(ranges) for major, ranges in parts.items()}
