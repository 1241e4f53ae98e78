"""What an identity provider says about a person, in the claims of Ground Truth's workforces in both spellings.

`sagemaker:groups` and `sagemaker-groups` (a list, or one string), `sagemaker:sub`, `sagemaker:name`; the standard
claims of OpenID Connect Core 1.0 section 5.1 stand in where they are missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: More groups than Ground Truth's ten are cut off, as is what is longer than its 63 characters.
MOST_GROUPS, LONGEST_GROUP = 100, 63


class ClaimsMissing(ValueError):
    """The provider does not say who the person is."""


@dataclass(frozen=True)
class Claims:
    """`subject` never changes for a person; everything else may."""

    subject: str
    username: str
    name: str
    email: str
    email_verified: bool
    groups: frozenset[str]


def read_claims(data: Mapping[str, Any]) -> Claims:
    """From `{"userinfo": {...}, "id_token": {...}}`, either of which may be missing. Raises ClaimsMissing.

    Where both name a subject it must be the same one (OpenID Connect Core 1.0, 5.3.2): else the answer about one
    person could be put under another.
    """
    parts = [dict(part) for part in (data.get("id_token"), data.get("userinfo")) if isinstance(part, Mapping)]
    subjects = {str(part["sub"]) for part in parts if part.get("sub")}
    if len(subjects) != 1:
        raise ClaimsMissing("sub")
    said: dict[str, Any] = {key: value for part in parts for key, value in part.items()}
    subject = subjects.pop()
    email = _text(said, "email")
    return Claims(
        subject=subject,
        username=_text(said, "preferred_username") or email.partition("@")[0] or _either(said, "sub") or subject,
        name=_either(said, "name") or _text(said, "name"),
        email=email,
        email_verified=said.get("email_verified") in (True, "true"),
        groups=_groups(said),
    )


def _either(said: Mapping[str, Any], name: str) -> str:
    return _text(said, f"sagemaker:{name}") or _text(said, f"sagemaker-{name}")


def _groups(said: Mapping[str, Any]) -> frozenset[str]:
    for claim in ("sagemaker:groups", "sagemaker-groups", "groups"):
        found = said.get(claim)
        if isinstance(found, str):
            found = found.split(",")
        if isinstance(found, list):
            names = (one.strip() for one in found[:MOST_GROUPS] if isinstance(one, str))
            return frozenset(name for name in names if 0 < len(name) <= LONGEST_GROUP)
    return frozenset()


def _text(said: Mapping[str, Any], claim: str) -> str:
    found = said.get(claim)
    return found.strip()[:200] if isinstance(found, str) else ""
