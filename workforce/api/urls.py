"""Teams and grants, under /api/v1/."""

from django.urls import path

from maskwright.core.api.visibility import names
from workforce import models
from workforce.api import activity, grants, money, notices, skills, teams

names("team_id", lambda pk: models.WorkTeam.objects.filter(pk=pk).exists())
names("grant_id", lambda pk: models.WorkGrant.objects.filter(pk=pk).exists())
names("skill_id", lambda pk: models.PersonSkill.objects.filter(pk=pk).exists())
names("worker_id", lambda pk: models.Worker.objects.filter(pk=pk).exists())
names("slot_id", lambda pk: models.Slot.objects.filter(pk=pk).exists())
names("statement_id", lambda pk: models.Statement.objects.filter(pk=pk).exists())
names("claim_id", lambda pk: models.Claim.objects.filter(pk=pk).exists())

urlpatterns = [
    path("teams", teams.TeamsView.as_view(), name="teams"),
    path("teams/<uuid:team_id>", teams.TeamView.as_view(), name="team"),
    path("teams/<uuid:team_id>/members", teams.TeamMembersView.as_view(), name="team_members"),
    path("teams/<uuid:team_id>/members/<uuid:user_id>", teams.TeamMemberView.as_view(), name="team_member"),
    path("grants", grants.GrantsView.as_view(), name="grants"),
    path("grants/<uuid:grant_id>", grants.GrantView.as_view(), name="grant"),
    path("grants/<uuid:grant_id>/progress", grants.GrantProgressView.as_view(), name="grant_progress"),
    path("grants/<uuid:grant_id>/revoke", grants.RevokeGrantView.as_view(), name="grant_revoke"),
    path("grants/<uuid:grant_id>/withdraw", grants.WithdrawOfferView.as_view(), name="grant_withdraw"),
    path("grants/<uuid:grant_id>/accept", grants.AcceptGrantView.as_view(), name="grant_accept"),
    path("grants/<uuid:grant_id>/decline", grants.DeclineGrantView.as_view(), name="grant_decline"),
    path("grants/<uuid:grant_id>/teams", grants.StaffingView.as_view(), name="grant_teams"),
    path("grants/<uuid:grant_id>/teams/<uuid:team_id>", grants.StaffedTeamView.as_view(), name="grant_team"),
    path("skills", skills.SkillsView.as_view(), name="skills"),
    path("skills/<uuid:skill_id>", skills.SkillView.as_view(), name="skill"),
    path("vendors", grants.VendorsView.as_view(), name="vendors"),
    path("pay-rates", money.RatesView.as_view(), name="pay_rates"),
    path("statements", money.StatementsView.as_view(), name="statements"),
    path("statements/<uuid:statement_id>", money.StatementView.as_view(), name="statement"),
    path("statements/<uuid:statement_id>/csv", money.StatementCsvView.as_view(), name="statement_csv"),
    path("open-amounts", money.OpenView.as_view(), name="open_amounts"),
    path("time", activity.PeopleTimeView.as_view(), name="people_time"),
    path("worker-events", activity.WorkerEventsView.as_view(), name="worker_events"),
    path("claims/<uuid:claim_id>/corrections", activity.CorrectionView.as_view(), name="time_correction"),
    path("teams/<uuid:team_id>/hours", notices.TeamHoursView.as_view(), name="team_hours"),
    path("work/notices", notices.NoticesView.as_view(), name="own_notices"),
    path("work/notices/choices", notices.ChoicesView.as_view(), name="notice_choices"),
    path("work/notices/hook", notices.HookView.as_view(), name="notice_hook"),
    path("work/time", activity.OwnTimeView.as_view(), name="own_time"),
    path("work/pay", activity.OwnPayView.as_view(), name="own_pay"),
    path("work/statements/<uuid:statement_id>", activity.OwnStatementView.as_view(), name="own_statement"),
]
