"""Pages of lists: `?limit=` (at most 200) and `?offset=`, answered as `{count, next, previous, results}`."""

from collections.abc import Callable
from typing import Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response


class Page(LimitOffsetPagination):
    """A view that answers with `paged` names it as its `pagination_class`: the OpenAPI schema reads it there."""

    default_limit = 50
    max_limit = 200


def paged(request: Request, rows: Any, represent: Callable[[list[Any]], Any]) -> Response:
    """One page of a queryset or list; `represent` turns the page's rows into what is sent."""
    page = Page()
    chosen: list[Any] = page.paginate_queryset(rows, request) or []
    return page.get_paginated_response(represent(chosen))
