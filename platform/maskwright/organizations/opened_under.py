"""A page opened under one organization saves nothing into another.

The organization is the session's, so choosing another one in a second tab changes it for the pages that are still open
in the first. Each page says under which organization it was opened: forms in a hidden field, scripts in a header. Where
that is no longer the session's, nothing is done and the person is told.
"""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from maskwright.core.api.exceptions import error_body
from maskwright.core.api.request_id import request_id

FIELD, HEADER = "opened_under", "X-Organization"
CODE = "organization_changed"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def opened_under(request: HttpRequest) -> uuid.UUID | None:
    """The organization the request's page was opened under; None where it does not say."""
    named = request.headers.get(HEADER, "")
    # Scripts name it in the header, so that the bodies of uploads are not read here.
    if not named and request.method == "POST" and request.content_type in _FORMS and not _is_api(request):
        named = request.POST.get(FIELD, "")
    try:
        return uuid.UUID(named) if named else None
    except ValueError:
        return None


def refuse_other(request: HttpRequest, before: uuid.UUID, names: dict[uuid.UUID, str], now: uuid.UUID) -> HttpResponse:
    """409: as the API's error, or as a page that offers to switch back. `names`: the person's organizations."""
    message = _("You switched to %(name)s in another tab. Nothing was saved. Reload this page to go on there.") % {
        "name": names.get(now, "?")
    }
    if _is_api(request):
        return JsonResponse(error_body(CODE, message, (), request_id(request)), status=409)
    back = {"id": before, "name": names[before]} if before in names else None
    context = {"before": back, "now": names.get(now, "?"), "next": request.path}
    return render(request, "organizations/changed.html", context, status=409)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
