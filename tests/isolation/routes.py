"""Every address of the installation, read from the URL configuration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """`template` has its parameters in braces; `methods` are those of the view class, or get and post of a function."""

    name: str
    template: str
    parameters: tuple[str, ...]
    methods: tuple[str, ...]

    def url(self, values: dict[str, str]) -> str:
        return self.template.format_map(values)


def all_routes() -> list[Route]:
    return list(_walk(get_resolver(), "/", ""))


def api_routes() -> list[Route]:
    return [route for route in all_routes() if route.template.startswith("/api/v1/")]


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        template = prefix + _braces(str(entry.pattern))
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else ""
            yield from _walk(entry, template, namespace + inner)
        else:
            yield Route(namespace + (entry.name or ""), template, _parameters(template), _methods(entry))


def _braces(pattern: str) -> str:
    """`<uuid:job_id>` and `(?P<url>.*)` become `{job_id}` and `{url}`."""
    pattern = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern)
    pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)
    return pattern.replace("^", "").replace("$", "")


def _parameters(template: str) -> tuple[str, ...]:
    return tuple(re.findall(r"{(\w+)}", template))


def _methods(entry: URLPattern) -> tuple[str, ...]:
    callback: Any = entry.callback
    view = getattr(callback, "view_class", None)
    if view is None:
        return ("get", "post")
    return tuple(method for method in METHODS if hasattr(view, method))
