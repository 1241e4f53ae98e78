"""Work teams and the people in them."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from maskwright.core.scope import current_scope
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_widgets import PickMany, PickRow, picked_first
from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import Permission, Role, allows
from workforce.admin.team_hours import hours_context, save_hours
from workforce.models import TeamMember, WorkTeam
from workforce.selectors import team_list
from workforce.services.teams import (
    add_team_member,
    change_work_team,
    create_work_team,
    delete_work_team,
    remove_team_member,
)


def team_choices() -> list[tuple[uuid.UUID, str]]:
    owner = current_scope().organization_id
    return list(WorkTeam.objects.filter(organization_id=owner).order_by("name").values_list("pk", "name"))


def labeler_choices(team: WorkTeam | None = None) -> list[tuple[str, PickRow]]:
    """Active members whose role labels: first those of the team, each with the other teams he is in."""
    roles = [role for role in Role.values if allows(role, Permission.WORK_DO)]
    members = Membership.objects.filter(
        organization_id=current_scope().organization_id, is_active=True, role__in=roles
    ).select_related("user")
    teams: dict[uuid.UUID, list[str]] = {}
    here: set[str] = set()
    rows = TeamMember.objects.filter(organization_id=current_scope().organization_id).order_by("work_team__name")
    for user_id, team_id, name in rows.values_list("user_id", "work_team_id", "work_team__name"):
        if team is not None and team_id == team.pk:
            here.add(str(user_id))
        else:
            teams.setdefault(user_id, []).append(name)
    people = [(str(member.user_id), _row(member, tuple(teams.get(member.user_id, ())))) for member in members]
    return picked_first(people, here)


def _row(member: Membership, teams: tuple[str, ...]) -> PickRow:
    username = member.user.username
    detail = [] if member.user.get_full_name() == username else [username]
    role = [] if member.role == Role.LABELER else [str(Role(member.role).label)]
    return PickRow(member.user.get_full_name(), " · ".join([*detail, *role]), teams)


class TeamForm(ServiceForm):
    sections = (
        Section(_("Team"), ("name", "description")),
        Section(
            _("People"),
            ("people",),
            _("Whoever is ticked gets the team's work as soon as a job runs. Taking somebody out ends open work."),
        ),
        Section(_("Groups of the identity provider"), ("groups",), folded=True),
    )

    name = forms.CharField(label=_("Name"), max_length=63)
    description = forms.CharField(
        label=_("Description"), max_length=200, required=False, help_text=_("What the team is good at, for colleagues.")
    )
    people = forms.MultipleChoiceField(label=_("Members"), required=False, widget=PickMany(noun=_("people")))

    groups = forms.CharField(
        label=_("Groups, with commas between them"),
        max_length=700,
        required=False,
        help_text=_("Who signs in through your organization with one of them is in the team, and out of it without."),
    )

    def __init__(self, *args: Any, team: WorkTeam | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = labeler_choices(team)  # type: ignore[attr-defined]


def _delete_team(request: HttpRequest, actor: Actor, team: WorkTeam) -> str:
    delete_work_team(work_team_id=team.pk)
    return gettext("The work team %(name)s was deleted.") % {"name": team.name}


@admin.register(WorkTeam)
class WorkTeamAdmin(ScopedModelAdmin):
    write_permission = Permission.TEAMS_MANAGE
    nav = NavEntry("people", 1, _("Work teams"))
    icon = "team"
    intro = _("A labeling job is given to one team; everybody in it gets its photos.")
    add_label = _("New work team")
    empty_title = _("No work team yet")
    empty_text = _("Make a team of the people who label. Invite them first if they are not here yet.")
    list_display = ("name", "people", "jobs", "description")
    search_fields = ("name", "description")
    search_help_text = _("Name or description")
    ordering = ("name",)
    object_actions = (
        ObjectAction(
            "delete",
            _("Delete"),
            Permission.TEAMS_MANAGE,
            _delete_team,
            confirm=_("The team is removed; its people stay members. A team that has jobs cannot be deleted."),
            style="danger",
        ),
    )

    change_form_template = "admin/manage/team.html"

    def extra_urls(self) -> list[URLPattern]:
        return [path("<uuid:object_id>/hours/", self.guarded(self.hours_view), name=self.url_name("hours"))]

    def hours_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._hours_view)(request, object_id)

    def _hours_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        team = self.object_or_404(request, object_id)
        may_write = self.has_change_permission(request, team)
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            with transaction.atomic():
                saved = save_hours(request, team.pk)
            if saved:
                return HttpResponseRedirect(self.page_url("hours", team.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Working hours"),
            "opts": self.opts,
            "page": self,
            "object": team,
            "may_write": may_write,
            **hours_context(request, team),
        }
        return self._respond(request, "admin/manage/team_hours.html", context)

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        return {} if obj is None else {"hours_url": self.page_url("hours", obj.pk)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return team_list().filter(organization_id=current_scope().organization_id)

    @admin.display(description=_("people"), ordering="member_count")
    def people(self, team: Any) -> str:
        return str(team.member_count)

    @admin.display(description=_("jobs"), ordering="queue_count")
    def jobs(self, team: Any) -> str:
        return str(team.queue_count)

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        initial = {}
        if obj is not None:
            people = [str(user_id) for user_id in _members(obj)]
            initial = {"name": obj.name, "description": obj.description, "people": people}
            initial["groups"] = ", ".join(obj.groups)
        return TeamForm(data, initial=initial, team=obj)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        data = form.cleaned_data
        wanted = {uuid.UUID(value) for value in data["people"]}
        texts = {"name": data["name"], "description": data["description"], "groups": data["groups"].split(",")}
        if obj is None:
            return create_work_team(**texts, user_ids=sorted(wanted))
        team = change_work_team(work_team_id=obj.pk, **texts)
        present = set(_members(obj))
        # Only what the form offered is changed: somebody whose role no longer labels is not on it.
        offered = {uuid.UUID(value) for value, _label in labeler_choices()}
        for user_id in sorted(wanted - present):
            add_team_member(work_team_id=obj.pk, user_id=user_id)
        for user_id in sorted((present & offered) - wanted):
            remove_team_member(work_team_id=obj.pk, user_id=user_id)
        return team


def _members(team: WorkTeam) -> list[uuid.UUID]:
    return list(TeamMember.objects.filter(work_team=team).values_list("user_id", flat=True))
