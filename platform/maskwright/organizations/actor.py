"""Who acts, in which organization, in which role: what views hand to services."""

import uuid
from dataclasses import dataclass

from maskwright.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """`membership_version` rises whenever role or state of the membership change; sockets compare it.

    `scopes`: the permissions the API token is limited to that speaks for the member; None: not limited.
    """

    user: User
    organization_id: uuid.UUID
    organization_name: str
    role: str
    membership_version: int
    is_vendor: bool
    scopes: frozenset[str] | None = None

    @property
    def user_id(self) -> uuid.UUID:
        return self.user.pk
