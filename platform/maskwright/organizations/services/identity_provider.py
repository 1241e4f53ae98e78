"""An organization's identity provider: set, check, remove."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maskwright.accounts.services.sessions import end_sessions
from maskwright.audit.record import record
from maskwright.core.crypto import decrypt_json, encrypt_json
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.scope import current_scope, organization_scope
from maskwright.organizations.identity_endpoints import ENDPOINTS, read_configuration
from maskwright.organizations.models import IdentityProvider, Organization
from maskwright.organizations.models.identity_provider import Admits
from maskwright.organizations.permissions import Role

_PURPOSE = "identity-provider"
#: Nobody becomes an owner by what another system says.
GRANTED = tuple(role for role in Role.values if role != Role.OWNER)
_PROVIDER_ID = re.compile(r"(?P<slug>[a-zA-Z0-9_-]{1,60})\.(?P<version>[1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Terms:
    """What an owner says about the provider. `client_secret` None keeps the stored one."""

    issuer: str
    client_id: str
    client_secret: str | None
    endpoints: Mapping[str, str]
    scopes: str
    admits: str
    default_role: str
    role_groups: Mapping[str, str]


def identity_provider() -> IdentityProvider | None:
    """The one of the organization in scope."""
    return IdentityProvider.objects.filter(organization_id=current_scope().organization_id).first()


def find_provider(provider_id: str) -> tuple[Organization, IdentityProvider] | None:
    """By `<slug>.<version>`, before anybody is signed in; None where there is none (any more)."""
    found = _PROVIDER_ID.fullmatch(provider_id)
    if found is None:
        return None
    organization = Organization.objects.filter(slug=found["slug"], is_active=True).first()
    if organization is None:
        return None
    with organization_scope(organization.pk):
        provider = identity_provider()
    if provider is None or provider.version != int(found["version"]):
        return None
    return organization, provider


def provider_id_of(organization: Organization, provider: IdentityProvider) -> str:
    return f"{organization.slug}.{provider.version}"


def client_secret_of(provider: IdentityProvider) -> str:
    return str(decrypt_json(bytes(provider.secret), purpose=_PURPOSE)["secret"])


@transaction.atomic
def set_identity_provider(terms: Terms) -> IdentityProvider:
    """Set or change it; everything that is wrong is said at once (Invalid). Another issuer starts anew."""
    organization = Organization.objects.select_for_update(no_key=True).get(pk=current_scope().organization_id)
    before = identity_provider()
    _check(terms, before)
    provider = before or IdentityProvider(version=_next_version(organization))
    if before is not None and before.issuer != terms.issuer:
        _end_sessions(organization, before)
        provider.version += 1
    provider.issuer, provider.client_id = terms.issuer, terms.client_id
    provider.endpoints = {name: url for name, url in terms.endpoints.items() if url}
    provider.scopes, provider.admits = " ".join(terms.scopes.split()), terms.admits
    provider.default_role, provider.role_groups = terms.default_role, dict(terms.role_groups)
    provider.last_problem, provider.last_problem_at = "", None
    provider.changed_at = timezone.now()
    if terms.client_secret:
        provider.secret = encrypt_json({"secret": terms.client_secret}, purpose=_PURPOSE)
    provider.save()
    record("identity_provider.set", "organization", organization.pk, issuer=terms.issuer, admits=terms.admits)
    return provider


@transaction.atomic
def remove_identity_provider() -> None:
    """Nobody signs in there any more; who did is signed out. Members stay, and can be given password links."""
    organization = Organization.objects.select_for_update(no_key=True).get(pk=current_scope().organization_id)
    provider = identity_provider()
    if provider is None:
        raise NotFound(_("There is no identity provider."))
    _end_sessions(organization, provider)
    provider.delete()
    record("identity_provider.removed", "organization", organization.pk, issuer=provider.issuer)


def check_identity_provider() -> str:
    """Ask it for its configuration. What is wrong, in words; empty when it can be used."""
    provider = identity_provider()
    if provider is None:
        raise NotFound(_("There is no identity provider."))
    try:
        read_configuration(provider.issuer, provider.endpoints)
    except Invalid as error:
        return error.message
    return ""


def note_problem(organization: Organization, text: str) -> None:
    """What went wrong at a sign-in, for the manager who has to mend it."""
    with organization_scope(organization.pk):
        IdentityProvider.objects.update(last_problem=text[:500], last_problem_at=timezone.now())


def _next_version(organization: Organization) -> int:
    """After one that was removed: accounts of its people must not become those of the new one's."""
    used = SocialAccount.objects.filter(provider__startswith=f"{organization.slug}.").values_list("provider", flat=True)
    versions = [int(one.rpartition(".")[2]) for one in used.distinct() if one.rpartition(".")[2].isdigit()]
    return max(versions, default=0) + 1


def _end_sessions(organization: Organization, provider: IdentityProvider) -> None:
    accounts = SocialAccount.objects.filter(provider=provider_id_of(organization, provider))
    for user_id in accounts.values_list("user_id", flat=True):
        end_sessions(user_id=user_id, organization_id=organization.pk)


def _check(terms: Terms, before: IdentityProvider | None) -> None:
    problems = []

    def wrong(path: str, message: Any) -> None:
        problems.append(FieldProblem(path, "invalid", message))

    if not _is_address(terms.issuer):
        wrong("issuer", _("Write the issuer as your provider names it, such as https://login.example.com/realms/work."))
    if not 1 <= len(terms.client_id) <= 1024:
        wrong("client_id", _("A client id has 1 to 1,024 characters."))
    if not terms.client_secret and (before is None or before.issuer != terms.issuer):
        wrong("client_secret", _("Enter the client secret: a new issuer needs one of its own."))
    for name, url in terms.endpoints.items():
        if name not in ENDPOINTS or (url and not _is_address(url)):
            wrong(f"endpoints.{name}", _("This is no address. Write https://host/path."))
    if "openid" not in terms.scopes.split() or len(terms.scopes) > 1024:
        wrong("scopes", _("Scopes are words with spaces between them, “openid” among them."))
    if terms.admits not in Admits.values:
        wrong("admits", _("Choose one of %(choices)s.") % {"choices": ", ".join(Admits.values)})
    if terms.default_role not in GRANTED:
        wrong("default_role", _("Choose one of %(choices)s.") % {"choices": ", ".join(GRANTED)})
    for group, role in terms.role_groups.items():
        if role not in GRANTED or not 1 <= len(group) <= 63:
            wrong(
                "role_groups",
                _("“%(group)s”: a group has 1 to 63 characters, its role is one of %(choices)s.")
                % {"group": group[:63], "choices": ", ".join(GRANTED)},
            )
    if problems:
        raise Invalid(
            _("The identity provider cannot be set like this; each reason is listed."), fields=tuple(problems)
        )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= 500 and url.isprintable()
