"""What is done with a rendered page: our script instead of AWS's, and a look at what it wants from elsewhere.

A page is a stranger's, so the expressions are of a kind that never goes back far, and run where rendering runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_AWS = re.compile(r"\bsrc\s*=\s*[\"']?(?:https?:)?//assets\.crowd\.aws/", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b([^<>]*)>\s*</script\s*>", re.IGNORECASE)
_AWS_STYLE = re.compile(r"<link\b[^<>]*//assets\.crowd\.aws/[^<>]*>", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^<>]*>", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*<!doctype\b[^<>]*>", re.IGNORECASE)
_ELEMENT = re.compile(r"<(crowd-[a-z0-9-]+)", re.IGNORECASE)
_HOST = r"[\"'(\s]*(?:https?:)?//([a-z0-9.:-]+)"
_LOADED = (
    re.compile(r"\b(?:src|srcset|poster)\s*=" + _HOST, re.IGNORECASE),
    re.compile(r"<link\b[^<>]*\bhref\s*=" + _HOST, re.IGNORECASE),
    re.compile(r"\burl\(" + _HOST, re.IGNORECASE),
    re.compile(r"(?:@import|\bimport|\bfrom|\bfetch\s*\()" + _HOST, re.IGNORECASE),
)


def with_bundle(page: str, tag: str) -> str:
    """The page with `tag` in the place of AWS's first script, or as its first one; AWS's other files are left out."""
    placed = False

    def instead(found: re.Match[str]) -> str:
        nonlocal placed
        if not _AWS.search(found[1]):
            return found[0]
        again, placed = placed, True
        return "" if again else tag

    page = _AWS_STYLE.sub("", _SCRIPT.sub(instead, page))
    if placed:
        return page
    place = _HEAD.search(page) or _DOCTYPE.match(page)
    index = place.end() if place else 0
    return page[:index] + tag + page[index:]


def hosts_of(page: str, *, known: Iterable[str] = ()) -> list[str]:
    """The hosts from which the page loads scripts, styles and pictures, without AWS's own and the `known` ones."""
    left_out = {"assets.crowd.aws", *known}
    return sorted({host.lower() for one in _LOADED for host in one.findall(page)} - left_out)


def elements_of(page: str) -> list[str]:
    """The crowd elements that are used."""
    return sorted({name.lower() for name in _ELEMENT.findall(page)})
