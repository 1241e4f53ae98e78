"""A workforce's OidcConfig is the organization's identity provider: whoever is in a team's group signs in there.

Ours says besides who is let in, and as what: those with a group that a work team or role names, as labelers. What
people set under Identity provider stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.sagemaker.errors import ValidationFailed
from labeling.sagemaker.translate import sentences
from maskwright.core.errors import Invalid
from maskwright.organizations.models.identity_provider import Admits
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.identity_provider import (
    Terms,
    identity_provider,
    remove_identity_provider,
    set_identity_provider,
)

_ENDPOINTS = {
    "AuthorizationEndpoint": "authorization_endpoint",
    "TokenEndpoint": "token_endpoint",
    "UserInfoEndpoint": "userinfo_endpoint",
    "LogoutEndpoint": "end_session_endpoint",
    "JwksUri": "jwks_uri",
}
_MEMBERS = {
    "issuer": "OidcConfig.Issuer",
    "client_id": "OidcConfig.ClientId",
    "client_secret": "OidcConfig.ClientSecret",
    "scopes": "OidcConfig.Scope",
} | {f"endpoints.{ours}": f"OidcConfig.{theirs}" for theirs, ours in _ENDPOINTS.items()}
_SCOPES = "openid profile email"
#: Kept and shown, but not sent along.
EXTRA = "OidcConfig.AuthenticationRequestExtraParams"


def use_oidc(config: Mapping[str, Any], *, replaces: Mapping[str, Any] | None = None) -> None:
    """Set the organization's identity provider. `replaces`: the configuration this workforce had before.

    Raises ValidationFailed: another provider, which people set, is there; or something cannot be used.
    """
    before = identity_provider()
    if before is not None and before.issuer not in (config["Issuer"], (replaces or {}).get("Issuer")):
        raise ValidationFailed(
            f"OidcConfig.Issuer: this organization's people sign in at {before.issuer}. Remove it under Identity "
            f"provider first, or name it here."
        )
    words = config.get("Scope", _SCOPES).split()
    terms = Terms(
        issuer=config["Issuer"],
        client_id=config["ClientId"],
        client_secret=config["ClientSecret"],
        endpoints={ours: config[theirs] for theirs, ours in _ENDPOINTS.items()},
        scopes=" ".join(words if "openid" in words else ["openid", *words]),
        admits=before.admits if before else Admits.KNOWN_GROUPS,
        default_role=before.default_role if before else Role.LABELER,
        role_groups=before.role_groups if before else {},
    )
    try:
        set_identity_provider(terms)
    except Invalid as error:
        raise ValidationFailed(sentences(error, _MEMBERS)) from error


def forget_oidc(config: Mapping[str, Any]) -> None:
    """The workforce goes: nobody signs in there any more, unless people have set another provider since."""
    found = identity_provider()
    if found is not None and found.issuer == config.get("Issuer"):
        remove_identity_provider()


def oidc_groups(definitions: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """The identity provider's groups that member definitions name; None where people do not sign in by one."""
    if identity_provider() is None:
        return None
    named = [one.get("OidcMemberDefinition") for one in definitions]
    groups = [group for one in named if one for group in one.get("Groups", ())]
    return list(dict.fromkeys(groups)) if any(named) else None
