"""What belongs to no app: the start page's redirect, the portal's page, probes, and error answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_safe

from labeling.sagemaker.view import endpoint
from maskwright.config.probes import readiness
from maskwright.core.api.exceptions import error_body
from maskwright.core.api.request_id import request_id
from maskwright.organizations.actor import Actor
from maskwright.organizations.permissions import Permission, can
from maskwright.organizations.rate_limits import LEAST_WAIT, seconds_to_wait, wait_in_words

View = Callable[..., HttpResponseBase]


def needs_organization(view: View) -> View:
    """Let members in; others sign in or choose an organization first, then come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(getattr(request, "actor", None), Actor):
            return redirect("organization_choose")
        return view(request, *args, **kwargs)

    return login_required(guarded)


@csrf_exempt
def root(request: HttpRequest) -> HttpResponseBase:
    """`/`: people's first page; programs that speak the SageMaker API send their requests there."""
    return endpoint(request) if request.method == "POST" else start(request)


@require_safe
@never_cache
@login_required
def start(request: HttpRequest) -> HttpResponseRedirect:
    """`/`: managers manage, labelers work, the operator operates; who is in no organization chooses one."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        return redirect("operator:index" if getattr(request.user, "is_superuser", False) else "organization_choose")
    return redirect("admin:index" if can(actor, Permission.JOBS_READ) else "work")


@require_safe
@never_cache
@needs_organization
@ensure_csrf_cookie
@csp_update({"script-src": ["'wasm-unsafe-eval'"]})
def work(request: HttpRequest) -> HttpResponse:
    """The worker portal. Its editor compiles WebAssembly, which no other page needs."""
    return TemplateResponse(request, "portal/work.html")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a database outage restarts no web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can serve: 200, or 503 with which part does not answer."""
    parts = readiness()
    ready = all(problem is None for problem in parts.values())
    body = {"ready": ready, "parts": {name: problem or "ok" for name, problem in parts.items()}}
    response = JsonResponse(body, status=200 if ready else 503)
    # Whoever starts or balances us asks several times a second; the probes log what does not answer themselves.
    response._has_been_logged = True  # type: ignore[attr-defined]  # how Django knows that an answer was logged
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Somebody tried too often; how long to wait is said to people and to programs."""
    wait = max(seconds_to_wait(request), LEAST_WAIT)
    words = wait_in_words(wait)
    if request.path.startswith("/api/"):
        message = _("Too many requests. Try again in %(wait)s.") % {"wait": words}
        response: HttpResponse = JsonResponse(
            error_body("too_many_requests", message, (), request_id(request)), status=429
        )
    else:
        response = render(request, "429.html", {"wait": words}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _error(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if "X-Amz-Target" in request.headers:  # also where no view was reached: such clients read JSON alone
        aws = "InternalFailure" if status == 500 else "UnknownOperationException" if status == 404 else "BadRequest"
        return JsonResponse({"__type": aws, "Message": message}, status=status)
    if request.path.startswith("/api/"):
        return JsonResponse(error_body(code, message, (), request_id(request)), status=status)
    return render(request, f"{status}.html", {"request_id": request_id(request)}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, "bad_request", _("The request cannot be read. Check its address and headers."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, "not_allowed", _("You may not do this. Ask a manager of the organization."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    message = _("There is nothing at this address, or it is not yours to see.")
    return _error(request, 404, "not_found", message)


def server_error(request: HttpRequest) -> HttpResponse:
    message = _("Something broke on our side. It has been logged; try again, and name the request id if it stays.")
    return _error(request, 500, "server_error", message)
