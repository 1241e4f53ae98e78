"""Who acts, in which organization, in which role: what views hand to services."""

import uuid
from dataclasses import dataclass

from maskwright.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """`membership_version` rises whenever role or state of the membership change; sockets compare it.

    `scopes`: the permissions the API token is limited to that speaks for the member; None: not limited.
    `networks`: from where alone he may act; empty: from everywhere. `lacks_second_factor`: he has to set one up first.
    """

    user: User
    organization_id: uuid.UUID
    organization_name: str
    role: str
    membership_version: int
    is_vendor: bool
    scopes: frozenset[str] | None = None
    networks: tuple[str, ...] = ()
    lacks_second_factor: bool = False

    @property
    def user_id(self) -> uuid.UUID:
        return self.user.pk
