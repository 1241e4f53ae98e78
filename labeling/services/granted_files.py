"""The files that `grant_read_access` lets a page read: without cookie, for a while, and as long as the claim lives.

An address holds a ticket (for whom, until when, for which claim) and the file's own address, encrypted with a key that
is derived from the ticket: neither can be exchanged, and none is made up.
"""

import base64
import binascii
import json
import mimetypes
import time
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.liquid import FileAccess, read_address
from labeling.services.claim_context import read_claim
from labeling.storage import Location, Resolver
from maskwright.accounts.models import User
from maskwright.core.crypto import derived_keys
from maskwright.core.errors import NotFound
from maskwright.core.scope import organization_scope
from maskwright.organizations.middleware import actor_of
from maskwright.organizations.networks import is_allowed
from maskwright.organizations.permissions import Permission, can

#: A page reads its files when it opens; who comes back to it gets new addresses.
CLAIM_SECONDS, PREVIEW_SECONDS = 3600, 900
#: Kinds that a page shows. Everything else is bytes: nothing of a customer's is a page of ours.
_SHOWN = ("image/png", "image/jpeg", "image/webp", "image/gif", "text/plain", "application/json")
_SHOWN_FAMILIES = ("audio/", "video/")


@dataclass(frozen=True)
class Ticket:
    """`organization_id`: as whose member the person reads. Without a claim it is a preview, for who may see jobs."""

    organization_id: uuid.UUID
    user_id: uuid.UUID
    expires: int
    claim_id: uuid.UUID | None = None

    def encode(self) -> str:
        values = [self.organization_id.hex, self.user_id.hex, self.expires, self.claim_id and self.claim_id.hex]
        return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _decode(text: str) -> Ticket | None:
    try:
        organization, user, expires, claim = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found = Ticket(uuid.UUID(organization), uuid.UUID(user), int(expires), uuid.UUID(claim) if claim else None)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return None
    # One way to write a ticket, so that it is the same wherever it is compared.
    return found if found.encode() == text else None


def access_for_claim(*, base: str, organization_id: uuid.UUID, user_id: uuid.UUID, claim_id: uuid.UUID) -> FileAccess:
    """`base`: where granted files are served, ending in `/`."""
    return _access(base, Ticket(organization_id, user_id, int(time.time()) + CLAIM_SECONDS, claim_id))


def access_for_preview(*, base: str, organization_id: uuid.UUID, user_id: uuid.UUID) -> FileAccess:
    return _access(base, Ticket(organization_id, user_id, int(time.time()) + PREVIEW_SECONDS))


def _access(base: str, ticket: Ticket) -> FileAccess:
    text = ticket.encode()
    return FileAccess(f"{base}{text}/", derived_keys(f"file:{text}")[0])


@dataclass(frozen=True)
class GrantedFile:
    location: Location
    content_type: str


def granted_file(*, ticket: str, token: str, network_address: str) -> GrantedFile:
    """The file of an address, if whoever it was made for may still read it. Raises NotFound, which says no more."""
    found = _decode(ticket)
    keys = derived_keys(f"file:{ticket}") if found else []
    uri = next((uri for key in keys if (uri := read_address(token, key)) is not None), None)
    if found is None or uri is None or found.expires < time.time():
        raise _gone()
    with organization_scope(found.organization_id, user_id=found.user_id, with_grants=True):
        owner = _owner(found, network_address)
    with organization_scope(owner):
        location = Resolver().resolve(uri)
    return GrantedFile(location, _content_type(uri))


def _owner(ticket: Ticket, network_address: str) -> uuid.UUID:
    """The organization whose storages are read: the claim's customer, or the preview's own."""
    user = User.objects.filter(pk=ticket.user_id, is_active=True).first()
    actor = actor_of(user, ticket.organization_id) if user else None
    if actor is None or actor.lacks_second_factor or not is_allowed(network_address, actor.networks):
        raise _gone()
    if ticket.claim_id is None:
        if not can(actor, Permission.JOBS_READ):
            raise _gone()
        return ticket.organization_id
    claim = read_claim(user_id=ticket.user_id, claim_id=ticket.claim_id)
    if not claim.is_live or not can(actor, Permission.WORK_DO):
        raise _gone()
    return claim.organization_id


def _gone() -> NotFound:
    return NotFound(_("This address of a file is over. Open the task again."))


def _content_type(uri: str) -> str:
    kind = mimetypes.guess_type(uri)[0] or ""
    return kind if kind in _SHOWN or kind.startswith(_SHOWN_FAMILIES) else "application/octet-stream"
