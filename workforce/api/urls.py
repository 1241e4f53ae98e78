"""Teams and grants, under /api/v1/."""

from django.urls import path

from maskwright.core.api.visibility import names
from workforce import models
from workforce.api import grants, teams

names("team_id", lambda pk: models.WorkTeam.objects.filter(pk=pk).exists())
names("grant_id", lambda pk: models.WorkGrant.objects.filter(pk=pk).exists())
names("slot_id", lambda pk: models.Slot.objects.filter(pk=pk).exists())
names("claim_id", lambda pk: models.Claim.objects.filter(pk=pk).exists())

urlpatterns = [
    path("teams", teams.TeamsView.as_view(), name="teams"),
    path("teams/<uuid:team_id>", teams.TeamView.as_view(), name="team"),
    path("teams/<uuid:team_id>/members", teams.TeamMembersView.as_view(), name="team_members"),
    path("teams/<uuid:team_id>/members/<uuid:user_id>", teams.TeamMemberView.as_view(), name="team_member"),
    path("grants", grants.GrantsView.as_view(), name="grants"),
    path("grants/<uuid:grant_id>", grants.GrantView.as_view(), name="grant"),
    path("grants/<uuid:grant_id>/revoke", grants.RevokeGrantView.as_view(), name="grant_revoke"),
    path("grants/<uuid:grant_id>/withdraw", grants.WithdrawOfferView.as_view(), name="grant_withdraw"),
    path("grants/<uuid:grant_id>/accept", grants.AcceptGrantView.as_view(), name="grant_accept"),
    path("grants/<uuid:grant_id>/decline", grants.DeclineGrantView.as_view(), name="grant_decline"),
    path("grants/<uuid:grant_id>/teams", grants.StaffingView.as_view(), name="grant_teams"),
    path("grants/<uuid:grant_id>/teams/<uuid:team_id>", grants.StaffedTeamView.as_view(), name="grant_team"),
    path("vendors", grants.VendorsView.as_view(), name="vendors"),
]
