"""Pages of people between organizations: choosing one, and joining by an invitation."""

import uuid

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from maskwright.accounts.models import User
from maskwright.accounts.sessions import ONLY
from maskwright.core.errors import DomainError, NotAllowed, NotFound
from maskwright.organizations.forms import NewAccountForm
from maskwright.organizations.middleware import SESSION_KEY
from maskwright.organizations.models import Invitation
from maskwright.organizations.navigation import organizations_of
from maskwright.organizations.services.invitations import accept_invitation, find_invitation

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _next_page(request: HttpRequest) -> str:
    """Where to go on: only an address of our own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()):
        return wanted
    return settings.LOGIN_REDIRECT_URL


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_organization(request: HttpRequest) -> HttpResponse:
    """Show a person's organizations; a POST with one of them makes it the session's."""
    assert isinstance(request.user, User)
    organizations = organizations_of(request, request.user)
    if request.method == "POST":
        chosen = request.POST.get("organization", "")
        if chosen in {one["id"] for one in organizations}:
            request.session[SESSION_KEY] = chosen
            return HttpResponseRedirect(_next_page(request))
        messages.error(request, _("You are no member of that organization any more."))
    following = request.POST.get("next") or request.GET.get("next") or ""
    return TemplateResponse(request, "organizations/choose.html", {"organizations": organizations, "next": following})


@never_cache
@sensitive_post_parameters("password1", "password2")
@rate_limit(action="signup")  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Join by an invitation: with the account one is signed in to, or with a new one."""
    try:
        invitation = find_invitation(secret)
    except NotFound:
        return TemplateResponse(request, "invitations/accept.html", {"invitation": None}, status=404)
    if isinstance(request.user, User):
        return _accept_signed_in(request, secret, invitation, request.user)
    form = NewAccountForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid() and (joined := _create_and_join(request, secret, form)):
        return joined
    return _page(request, invitation, form)


def _accept_signed_in(request: HttpRequest, secret: str, invitation: Invitation, user: User) -> HttpResponse:
    if request.method != "POST":
        return _page(request, invitation, None)
    try:
        _require_open(request, invitation)
        membership = accept_invitation(secret=secret, user=user)
    except DomainError as error:
        messages.error(request, error.message)
        return _page(request, invitation, None, status=error.status)
    request.session[SESSION_KEY] = str(membership.organization_id)
    return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)


def _require_open(request: HttpRequest, invitation: Invitation) -> None:
    only = request.session.get(ONLY)
    if only is not None and only != str(invitation.organization_id):
        raise NotAllowed(
            _(
                "You are signed in through your organization, which opens nothing else. Sign out, and open the link "
                "again with an account of your own."
            )
        )


def _create_and_join(request: HttpRequest, secret: str, form: NewAccountForm) -> HttpResponse | None:
    """Account and membership in one transaction: nobody is left with an account that belongs nowhere."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                form.cleaned_data["username"],
                form.cleaned_data["email"],
                form.cleaned_data["password1"],
                display_name=form.cleaned_data["display_name"],
            )
            membership = accept_invitation(secret=secret, user=user)
    except IntegrityError:
        form.add_error("username", _("This user name or address was taken at this moment. Choose another."))
        return None
    except DomainError as error:
        form.add_error(None, error.message)
        return None
    organization_id: uuid.UUID = membership.organization_id
    login(request, user, backend=_BACKEND)
    request.session[SESSION_KEY] = str(organization_id)
    return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)


def _page(
    request: HttpRequest, invitation: Invitation, form: NewAccountForm | None, status: int = 200
) -> TemplateResponse:
    context = {"invitation": invitation, "organization": invitation.organization, "form": form}
    return TemplateResponse(request, "invitations/accept.html", context, status=status)
