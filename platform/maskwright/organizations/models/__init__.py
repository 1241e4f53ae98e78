"""Organizations and who belongs to them."""

from maskwright.organizations.models.access_key import AccessKey
from maskwright.organizations.models.event import EventDelivery, EventSubscription
from maskwright.organizations.models.identity_provider import IdentityProvider
from maskwright.organizations.models.organization import Invitation, Membership, Organization

__all__ = [
    "AccessKey",
    "EventDelivery",
    "EventSubscription",
    "IdentityProvider",
    "Invitation",
    "Membership",
    "Organization",
]
