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


def link(url: str, text: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)
