"""Addresses that no database can answer are refused before one is asked."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


class StorableAddressMiddleware:
    """PostgreSQL has no NUL in a text, so a filter or a path with one would end as a server error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            raise BadRequest(_("The address holds a NUL character."))
        return self.get_response(request)
