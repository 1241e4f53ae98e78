"""People of an organization in the managers' admin: members, invitations, access keys, and one's own API tokens."""

from maskwright.organizations.admin.access_keys import AccessKeyAdmin
from maskwright.organizations.admin.events import EventSubscriptionAdmin
from maskwright.organizations.admin.invitations import InvitationAdmin
from maskwright.organizations.admin.members import MembershipAdmin
from maskwright.organizations.admin.tokens import ApiTokenAdmin

__all__ = ["AccessKeyAdmin", "ApiTokenAdmin", "EventSubscriptionAdmin", "InvitationAdmin", "MembershipAdmin"]
