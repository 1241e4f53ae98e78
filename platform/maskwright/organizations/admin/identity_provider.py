"""The managers' page of the identity provider at which their people sign in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.core.errors import DomainError
from maskwright.core.scope import current_scope
from maskwright.organizations.admin_base import may
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.identity_endpoints import ENDPOINTS
from maskwright.organizations.models import IdentityProvider, Organization
from maskwright.organizations.models.identity_provider import Admits
from maskwright.organizations.permissions import Permission, Role
from maskwright.organizations.services.identity_provider import (
    GRANTED,
    Terms,
    check_identity_provider,
    identity_provider,
    provider_id_of,
    remove_identity_provider,
    set_identity_provider,
)

if TYPE_CHECKING:
    from maskwright.organizations.admin_base import ScopedModelAdmin


def _endpoint(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=500)


class IdentityProviderForm(ServiceForm):
    sections = (
        Section(
            _("Provider"),
            ("issuer", "client_id", "client_secret", "scopes"),
            _("An OpenID Connect provider, such as Keycloak, Entra ID, Okta or Google Workspace."),
        ),
        Section(
            _("Who comes in, and as what"),
            ("admits", "default_role", "role_groups"),
            _("Groups are read from the claim sagemaker:groups, sagemaker-groups or groups at each sign-in."),
        ),
        Section(
            _("Endpoints"),
            ENDPOINTS,
            _("Found at the issuer by themselves. Enter them where your provider has no discovery."),
            folded=True,
        ),
    )
    paths = {f"endpoints.{name}": name for name in ENDPOINTS}

    issuer = forms.CharField(label=_("Issuer"), max_length=500, help_text=_("Such as https://login.example.com/work."))
    client_id = forms.CharField(label=_("Client id"), max_length=1024)
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=2000,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("Stored encrypted and never shown again. Leave it empty to keep what is stored."),
    )
    scopes = forms.CharField(label=_("Scopes"), max_length=1024, initial="openid profile email")
    admits = forms.ChoiceField(
        label=_("Who may sign in"),
        choices=(
            (Admits.EVERYBODY, _("everybody whom the provider signs in")),
            (Admits.KNOWN_GROUPS, _("only who is in a group named below or at a work team")),
        ),
        widget=forms.RadioSelect,
        initial=Admits.EVERYBODY,
    )
    default_role = forms.ChoiceField(
        label=_("Role of who comes first"),
        choices=[(role, Role(role).label) for role in GRANTED],
        initial=Role.LABELER,
        help_text=_("Changed by hand later, unless a group below says it."),
    )
    role_groups = forms.CharField(
        label=_("Roles by group"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One on each line, such as: data-leads = manager. Nobody becomes an owner this way."),
    )
    authorization_endpoint = _endpoint(_("Authorization endpoint"))
    token_endpoint = _endpoint(_("Token endpoint"))
    userinfo_endpoint = _endpoint(_("UserInfo endpoint"))
    jwks_uri = _endpoint(_("JWKS address"))
    end_session_endpoint = _endpoint(_("Logout endpoint"))

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            issuer=data["issuer"],
            client_id=data["client_id"],
            client_secret=data["client_secret"] or None,
            endpoints={name: data[name] for name in ENDPOINTS},
            scopes=data["scopes"],
            admits=data["admits"],
            default_role=data["default_role"],
            role_groups=_read_lines(data["role_groups"]),
        )


def _read_lines(text: str) -> dict[str, str]:
    """`group = role` on each line; what is no such line is a group with an empty role, which the service refuses."""
    pairs = (line.rpartition("=") for line in text.splitlines() if line.strip())
    return {(group or role).strip(): role.strip().lower() if group else "" for group, _, role in pairs}


class IdentityProviderPage:
    def __init__(self, page: "ScopedModelAdmin") -> None:
        self.page = page

    def answer(self, request: HttpRequest) -> HttpResponse:
        if not may(request, Permission.MEMBERS_MANAGE):
            raise PermissionDenied
        provider = identity_provider()
        action = request.POST.get("action", "")
        if provider is not None and action == "check":
            return self._check(request)
        if provider is not None and action == "remove":
            with transaction.atomic():
                remove_identity_provider()
            messages.success(request, gettext("Nobody signs in through the identity provider any more."))
            return HttpResponseRedirect(request.path)
        form = IdentityProviderForm(request.POST or None, initial=_initial(provider))
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    set_identity_provider(form.terms())
            except DomainError as error:
                form.add_domain_error(error)
            else:
                messages.success(request, gettext("Saved. Now test it."))
                return HttpResponseRedirect(request.path)
        return self._respond(request, form, provider)

    def _check(self, request: HttpRequest) -> HttpResponse:
        problem = check_identity_provider()
        if problem:
            messages.error(request, problem)
        else:
            messages.success(request, gettext("The provider answers, and names everything that is needed."))
        return HttpResponseRedirect(request.path)

    def _respond(
        self, request: HttpRequest, form: IdentityProviderForm, provider: IdentityProvider | None
    ) -> HttpResponse:
        organization = Organization.objects.get(pk=current_scope().organization_id)
        shown = provider or IdentityProvider(version=1)
        callback = reverse("openid_connect_callback", args=[provider_id_of(organization, shown)])
        context: dict[str, Any] = {
            **self.page.admin_site.each_context(request),
            "title": gettext("Single sign-on"),
            "opts": self.page.opts,
            "page": self.page,
            "form": form,
            "may_write": True,
            "provider": provider,
            "callback": f"{settings.PUBLIC_URL}{callback}",
            "entrance": f"{settings.PUBLIC_URL}{reverse('sso_organization', args=[organization.slug])}",
        }
        return self.page._respond(request, "admin/manage/identity_provider.html", context)


def _initial(provider: IdentityProvider | None) -> dict[str, Any]:
    if provider is None:
        return {}
    names = ("issuer", "client_id", "scopes", "admits", "default_role")
    lines = "\n".join(f"{group} = {role}" for group, role in sorted(provider.role_groups.items()))
    return {**{name: getattr(provider, name) for name in names}, **provider.endpoints, "role_groups": lines}
