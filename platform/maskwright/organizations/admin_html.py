"""Small pieces of HTML that several pages of the admin show."""

from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def badge(text: Any, kind: str = "") -> SafeString:
    """A word with a colour; `kind` is accent, success, warning, danger or nothing."""
    return format_html('<span class="mw-badge{}">{}</span>', f" mw-badge--{kind}" if kind else "", text)


def moment(at: datetime | None, empty: str = "–") -> str:
    """A time in UTC to the minute; the heading beside it says that it is UTC."""
    return at.strftime("%Y-%m-%d %H:%M") if at else empty


def thumbnail(url: str, *, width: int | None = None, height: int | None = None, says: str = "") -> SafeString:
    """A small picture of a photo, fetched only when it comes into view; what stands beside it says what it is.

    Where nothing does, as inside a link, `says` is read out. `url` "" is the empty frame alone. A frame stays empty as
    well while a worker makes the picture.
    """
    picture = format_html('<img src="{}" alt="" loading="lazy" decoding="async" width="80" height="60">', url)
    tall = bool(width and height and height > width)
    return format_html(
        '<span class="manage-thumbnail{}">{}{}</span>',
        " manage-thumbnail--tall" if tall else "",
        picture if url else "",
        format_html('<span class="mw-visually-hidden">{}</span>', says) if says else "",
    )


def link(url: str, text: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)
