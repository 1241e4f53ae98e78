"""An organization's people, under /api/v1/."""

from django.urls import path

from maskwright.accounts.models import ApiToken
from maskwright.core.api.visibility import names
from maskwright.core.scope import current_scope
from maskwright.organizations import models
from maskwright.organizations.api import people, tokens


def _own() -> dict[str, object]:
    """Memberships can also be read by their person, from any organization; invitations and tokens are global tables."""
    return {"organization_id": current_scope().organization_id}


names("membership_id", lambda pk: models.Membership.objects.filter(pk=pk, **_own()).exists())
names("invitation_id", lambda pk: models.Invitation.objects.filter(pk=pk, **_own()).exists())
names("token_id", lambda pk: ApiToken.objects.filter(pk=pk, **_own()).exists())
names("user_id", lambda pk: models.Membership.objects.filter(user_id=pk, **_own()).exists())

urlpatterns = [
    path("organizations/current", people.CurrentOrganizationView.as_view(), name="organization_current"),
    path("organizations/current/members", people.MembersView.as_view(), name="members"),
    path("organizations/current/members/<uuid:membership_id>", people.MemberView.as_view(), name="member"),
    path(
        "organizations/current/members/<uuid:membership_id>/password-link",
        people.PasswordLinkView.as_view(),
        name="member_password_link",
    ),
    path("organizations/current/invitations", people.InvitationsView.as_view(), name="invitations"),
    path("organizations/current/invitations/<uuid:invitation_id>", people.InvitationView.as_view(), name="invitation"),
    path("tokens", tokens.TokensView.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>", tokens.TokenView.as_view(), name="token"),
]
