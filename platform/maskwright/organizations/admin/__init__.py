"""People of an organization in the managers' admin: members, invitations, and one's own API tokens."""

from maskwright.organizations.admin.invitations import InvitationAdmin, offer_teams
from maskwright.organizations.admin.members import MembershipAdmin
from maskwright.organizations.admin.tokens import ApiTokenAdmin

__all__ = ["ApiTokenAdmin", "InvitationAdmin", "MembershipAdmin", "offer_teams"]
