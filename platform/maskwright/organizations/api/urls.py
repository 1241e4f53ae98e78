"""An organization's people, under /api/v1/."""

from django.urls import path

from maskwright.accounts.models import ApiToken
from maskwright.core.api.visibility import names
from maskwright.core.scope import current_scope
from maskwright.organizations import models
from maskwright.organizations.api import (
    access_keys,
    events,
    identity_provider,
    networks,
    people,
    second_factor,
    template_hosts,
    tokens,
)


def _own() -> dict[str, object]:
    """Memberships can also be read by their person, from any organization; invitations and tokens are global tables."""
    return {"organization_id": current_scope().organization_id}


names("membership_id", lambda pk: models.Membership.objects.filter(pk=pk, **_own()).exists())
names("invitation_id", lambda pk: models.Invitation.objects.filter(pk=pk, **_own()).exists())
names("token_id", lambda pk: ApiToken.objects.filter(pk=pk, **_own()).exists())
names("access_key_id", lambda pk: models.AccessKey.objects.filter(pk=pk, **_own()).exists())
names("subscription_id", lambda pk: models.EventSubscription.objects.filter(pk=pk).exists())
names("user_id", lambda pk: models.Membership.objects.filter(user_id=pk, **_own()).exists())

urlpatterns = [
    path("organizations/current", people.CurrentOrganizationView.as_view(), name="organization_current"),
    path("organizations/current/roles", people.RolesView.as_view(), name="roles"),
    path("organizations/current/members", people.MembersView.as_view(), name="members"),
    path("organizations/current/members/<uuid:membership_id>", people.MemberView.as_view(), name="member"),
    path(
        "organizations/current/members/<uuid:membership_id>/password-link",
        people.PasswordLinkView.as_view(),
        name="member_password_link",
    ),
    path("organizations/current/invitations", people.InvitationsView.as_view(), name="invitations"),
    path("organizations/current/invitations/csv", people.InvitationFileView.as_view(), name="invitation_file"),
    path(
        "organizations/current/invitations/csv/preview",
        people.InvitationPreviewView.as_view(),
        name="invitation_preview",
    ),
    path("organizations/current/invitations/<uuid:invitation_id>", people.InvitationView.as_view(), name="invitation"),
    path("organizations/current/template-hosts", template_hosts.TemplateHostsView.as_view(), name="template_hosts"),
    path("organizations/current/networks", networks.LabelerNetworksView.as_view(), name="labeler_networks"),
    path("organizations/current/second-factor", second_factor.SecondFactorView.as_view(), name="second_factor"),
    path(
        "organizations/current/members/<uuid:membership_id>/second-factor",
        second_factor.MemberSecondFactorView.as_view(),
        name="member_second_factor",
    ),
    path("access-keys", access_keys.AccessKeysView.as_view(), name="access_keys"),
    path("access-keys/<uuid:access_key_id>", access_keys.AccessKeyView.as_view(), name="access_key"),
    path(
        "access-keys/<uuid:access_key_id>/rotation",
        access_keys.AccessKeyRotationView.as_view(),
        name="access_key_rotation",
    ),
    path(
        "access-keys/<uuid:access_key_id>/sessions",
        access_keys.AccessKeySessionsView.as_view(),
        name="access_key_sessions",
    ),
    path(
        "organizations/current/identity-provider",
        identity_provider.IdentityProviderView.as_view(),
        name="identity_provider",
    ),
    path(
        "organizations/current/identity-provider/check",
        identity_provider.IdentityProviderCheckView.as_view(),
        name="identity_provider_check",
    ),
    path("event-subscriptions", events.SubscriptionsView.as_view(), name="event_subscriptions"),
    path("event-subscriptions/<uuid:subscription_id>", events.SubscriptionView.as_view(), name="event_subscription"),
    path(
        "event-subscriptions/<uuid:subscription_id>/secret",
        events.SubscriptionSecretView.as_view(),
        name="event_subscription_secret",
    ),
    path(
        "event-subscriptions/<uuid:subscription_id>/test",
        events.SubscriptionTestView.as_view(),
        name="event_subscription_test",
    ),
    path(
        "event-subscriptions/<uuid:subscription_id>/deliveries",
        events.DeliveriesView.as_view(),
        name="event_deliveries",
    ),
    path("tokens", tokens.TokensView.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>", tokens.TokenView.as_view(), name="token"),
]
