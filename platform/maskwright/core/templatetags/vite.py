"""`{% vite_asset "src/portal/main.ts" %}`: the built script, its preloads and styles, from Vite's manifest."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@lru_cache(maxsize=8)
def _manifest(path: Path, modified: float) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))


def _entry(name: str) -> tuple[str, list[str], list[str]]:
    path = Path(settings.FRONTEND_DIST) / ".vite" / "manifest.json"
    manifest = _manifest(path, path.stat().st_mtime)
    styles: list[str] = []
    modules: list[str] = []

    def collect(key: str) -> None:
        chunk = manifest[key]
        for imported in chunk.get("imports", []):
            if manifest[imported]["file"] not in modules:
                modules.append(manifest[imported]["file"])
                collect(imported)
        styles.extend(css for css in chunk.get("css", []) if css not in styles)

    collect(name)
    return manifest[name]["file"], modules, styles


@register.simple_tag
def vite_asset(name: str) -> SafeString:
    if settings.VITE_DEV_SERVER:
        base = settings.VITE_DEV_SERVER.rstrip("/") + "/static/"
        return format_html(
            '<script type="module" src="{}@vite/client"></script><script type="module" src="{}{}"></script>',
            base,
            base,
            name,
        )
    try:
        script, modules, styles = _entry(name)
    except (FileNotFoundError, KeyError):
        return format_html("<!-- {} is not built: run `make setup` -->", name)
    return format_html(
        '{}{}<script type="module" src="{}"></script>',
        format_html_join("", '<link rel="stylesheet" href="{}">', ((static(css),) for css in styles)),
        format_html_join("", '<link rel="modulepreload" href="{}">', ((static(js),) for js in modules)),
        static(script),
    )


@register.simple_tag
def vite_styles(name: str) -> SafeString:
    """The styles alone, for a page without scripts; nothing where none are built."""
    if settings.VITE_DEV_SERVER or not _is_built(name):
        return SafeString("")
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((static(css),) for css in _entry(name)[2]))


def crowd_script(language: str) -> str | None:
    """The address of the script that defines the crowd elements in a task template's frame; None while none is built.

    One classic file per language, with English for those that have none (frontend/vite.crowd.config.ts).
    """
    for code in (language, "en"):
        path = Path(settings.FRONTEND_DIST) / ".vite" / f"crowd-{code}.json"
        if path.is_file():
            (entry,) = (one for one in _manifest(path, path.stat().st_mtime).values() if one.get("isEntry"))
            return static(entry["file"])
    return None


@register.simple_tag
def vite_language() -> SafeString:
    """The frontend's messages in the page's language, before the script that uses them; nothing for English."""
    name = f"src/locales/{get_language() or settings.LANGUAGE_CODE}.ts"
    exists = (settings.ROOT / "frontend" / name).is_file() if settings.VITE_DEV_SERVER else _is_built(name)
    return vite_asset(name) if exists else SafeString("")


def _is_built(name: str) -> bool:
    try:
        _entry(name)
    except (FileNotFoundError, KeyError):
        return False
    return True
