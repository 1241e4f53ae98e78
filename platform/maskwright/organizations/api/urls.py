"""An organization's people, under /api/v1/."""

from django.urls import path

from maskwright.organizations.api import people, tokens

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
