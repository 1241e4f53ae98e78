"""Pages for frames: what a task's template rendered, served where it can do no harm, and the files it may read.

A page is its author's program. It runs in a frame of an opaque origin (`sandbox`, also where somebody opens it by
itself), with no cookie and no token in it; it loads our script, granted files, and what an owner allowed; it talks to
the page around it through the port that this one hands over.
"""

import uuid
from collections.abc import Callable, Sequence
from functools import wraps

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from labeling.services import frames
from labeling.services.frames import FramePage
from labeling.services.granted_files import granted_file
from labeling.services.template_previews import preview_page
from maskwright.core.errors import DomainError, Invalid, NotFound
from maskwright.organizations.actor import Actor
from maskwright.organizations.networks import address_of
from maskwright.organizations.permissions import Permission, require

SANDBOX = "allow-scripts allow-forms allow-modals"
FILE_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline; filename=file",
    # A frame's origin is opaque, so it may read pixels only where anybody may. The address is the secret.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
Make = Callable[..., FramePage]


def policy(origin: str, hosts: Sequence[str]) -> str:
    """The content security policy of a frame's page. `'self'` would be nothing: its origin is opaque."""
    elsewhere = " ".join(f"https://{host}" for host in hosts)
    static, files = f"{origin}/static/", f"{origin}/work/files/"
    directives = {
        "sandbox": SANDBOX,
        "default-src": "'none'",
        # As on AWS, a template's own scripts stand in its page, and older libraries compile text.
        "script-src": f"'unsafe-inline' 'unsafe-eval' {static} {elsewhere}",
        "style-src": f"'unsafe-inline' {static} {elsewhere}",
        "img-src": f"data: blob: {static} {files} {elsewhere}",
        "media-src": f"data: blob: {files} {elsewhere}",
        "font-src": f"data: {static} {elsewhere}",
        "connect-src": f"data: blob: {static} {files} {elsewhere}",
        "worker-src": "blob:",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": origin,
    }
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())


def framed(make: Make) -> Callable[..., HttpResponse]:
    """A view of the page that `make` renders, for a signed-in member; errors are pages for the same frame."""

    @require_safe
    @never_cache
    @xframe_options_sameorigin
    @wraps(make)
    def view(request: HttpRequest, **parameters: uuid.UUID) -> HttpResponse:
        origin = f"{request.scheme}://{request.get_host()}"
        try:
            actor = getattr(request, "actor", None)
            if not isinstance(actor, Actor):
                raise NotFound("")
            if request.headers.get("Sec-Fetch-Dest", "iframe") != "iframe":
                # By itself it could lead elsewhere and take along what it shows; a frame is held by our page's policy.
                raise NotFound(_("This page is shown inside of another one. Open the task in the portal."))
            found = make(request, actor, files_base(origin), **parameters)
            response = HttpResponse(found.page, headers={"Content-Security-Policy": policy(origin, found.hosts)})
        except DomainError as error:
            page = render_to_string("portal/no_frame.html", {"message": error.message})
            response = HttpResponse(page, status=error.status, headers={"Content-Security-Policy": policy(origin, ())})
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return view


@framed
def claim(request: HttpRequest, actor: Actor, files: str, claim_id: uuid.UUID) -> FramePage:
    """The task of a live claim, for who holds it."""
    require(actor, Permission.WORK_DO)
    return frames.claim_page(user_id=actor.user_id, claim_id=claim_id, files=files)


@framed
def job(request: HttpRequest, actor: Actor, files: str, job_id: uuid.UUID) -> FramePage:
    """As labelers of a job will see it; `?object=` names another photo than the first."""
    require(actor, Permission.JOBS_READ)
    try:
        chosen = uuid.UUID(request.GET["object"]) if "object" in request.GET else None
    except ValueError:
        raise Invalid("") from None
    return frames.job_page(user_id=actor.user_id, job_id=job_id, data_object_id=chosen, files=files)


@framed
def preview(request: HttpRequest, actor: Actor, files: str, preview_id: uuid.UUID) -> FramePage:
    """A template that is being written."""
    require(actor, Permission.SETTINGS_MANAGE)
    return preview_page(user_id=actor.user_id, preview_id=preview_id, files=files)


@require_safe
@never_cache
def file(request: HttpRequest, ticket: str, token: str) -> HttpResponse | StreamingHttpResponse:
    """A granted file's bytes, as they are stored. No cookie counts: who has the address reads it, while it holds."""
    try:
        found = granted_file(ticket=ticket, token=token, network_address=address_of(request))
        body = found.location.open()
    except DomainError as error:
        headers = {name: FILE_HEADERS[name] for name in ("Access-Control-Allow-Origin", "Content-Security-Policy")}
        return HttpResponse(error.message, status=error.status, content_type="text/plain", headers=headers)
    return FileResponse(body, content_type=found.content_type, headers=FILE_HEADERS)


def files_base(origin: str) -> str:
    """Where granted files are served, ending in `/`."""
    return origin + reverse("granted_file", args=("x", "x")).removesuffix("x/x")
