"""A device in words, from what its browser says of itself: "Firefox, Windows". For the person's own eyes only."""

import re

# The first that is found counts: many browsers name others, too.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")


def device_name(user_agent: str) -> str:
    """At most 60 letters; a program that is no browser by its own name; "" when nothing is said."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    if not browser:
        program = _PROGRAM.match(user_agent)
        return program[0] if program else ""
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
