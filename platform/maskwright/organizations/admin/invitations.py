"""Invitations: links by which people join."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from maskwright.organizations.actor import Actor
from maskwright.organizations.admin.invitation_file import InvitationFilePage
from maskwright.organizations.admin.members import grantable_roles
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin, actor_of
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge
from maskwright.organizations.models import Invitation
from maskwright.organizations.permissions import Permission, Role
from maskwright.organizations.services.invitation_places import places
from maskwright.organizations.services.invitations import create_invitation, invitation_link, revoke_invitation


class InvitationForm(ServiceForm):
    sections = (
        Section(
            _("Who is invited"),
            ("role", "work_teams", "email", "seats", "days"),
            _("You get a link to hand over. It is shown once; whoever opens it joins this organization."),
        ),
    )

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, initial=Role.LABELER)
    work_teams = forms.TypedMultipleChoiceField(
        label=_("Work teams"),
        required=False,
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Labelers can start as soon as they have joined."),
    )
    email = forms.EmailField(
        label=_("Only for this e-mail address"),
        required=False,
        help_text=_("Leave empty for a link that anybody who has it can use."),
    )
    seats = forms.IntegerField(
        label=_("How many people"), min_value=1, max_value=1000, initial=1, help_text=_("The link works that often.")
    )
    days = forms.IntegerField(label=_("Days it works"), min_value=1, max_value=90, initial=14)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = grantable_roles(actor)  # type: ignore[attr-defined]
        teams = [(str(pk), name) for pk, name in places().teams()]
        self.fields["work_teams"].choices = teams  # type: ignore[attr-defined]
        if not teams:
            self.fields["work_teams"].help_text = _("There is no work team yet.")


class InvitationStateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("open", _("open")), ("over", _("used up, revoked or run out"))]

    def matching(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        is_open = Q(revoked_at=None, expires_at__gt=timezone.now(), used__lt=F("seats"))
        return queryset.filter(is_open) if chosen == "open" else queryset.exclude(is_open)


def invitation_state(invitation: Invitation) -> tuple[Any, str]:
    """Words and colour for a badge."""
    if invitation.revoked_at is not None:
        return _("revoked"), ""
    if invitation.used >= invitation.seats:
        return _("used up"), ""
    if invitation.expires_at <= timezone.now():
        return _("run out"), ""
    return _("open"), "accent"


def _revoke_invitation(request: HttpRequest, actor: Actor, invitation: Invitation) -> str:
    revoke_invitation(invitation_id=invitation.pk)
    return gettext("The link no longer works.")


@admin.register(Invitation)
class InvitationAdmin(ScopedModelAdmin):
    read_permission = Permission.MEMBERS_MANAGE
    write_permission = Permission.MEMBERS_MANAGE
    changes = False
    nav = NavEntry("people", 3, _("Invitations"))
    icon = "invitation"
    intro = _("Links by which people join. Hand them over as you like; no mail server is needed.")
    add_label = _("Invite people")
    empty_title = _("No invitations yet")
    empty_text = _("Make a link, send it to a colleague or a labeler, and the person is in.")
    list_display = ("invited", "role_name", "seats_used", "state", "until")
    list_filter = (InvitationStateFilter,)
    ordering = ("-created_at",)
    change_list_template = "admin/manage/invitations.html"
    change_form_template = "admin/manage/facts_page.html"
    object_actions = (
        ObjectAction(
            "revoke",
            _("Revoke"),
            Permission.MEMBERS_MANAGE,
            _revoke_invitation,
            confirm=_("The link stops working at once. Who has joined by it stays a member."),
            available=lambda invitation: str(invitation_state(invitation)[0]) == str(_("open")),
            style="danger",
        ),
    )

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("file/", self.guarded(self.file_view), name=self.url_name("file")),
        ]

    def file_view(self, request: HttpRequest) -> HttpResponse:
        return csrf_protect(InvitationFilePage(self).answer)(request)

    @admin.display(description=_("for"))
    def invited(self, invitation: Invitation) -> str:
        return invitation.email or gettext("whoever has the link")

    @admin.display(description=_("role"), ordering="role")
    def role_name(self, invitation: Invitation) -> str:
        return str(Role(invitation.role).label)

    @admin.display(description=_("joined"))
    def seats_used(self, invitation: Invitation) -> str:
        return gettext("%(used)d of %(seats)d") % {"used": invitation.used, "seats": invitation.seats}

    @admin.display(description=_("state"))
    def state(self, invitation: Invitation) -> str:
        return badge(*invitation_state(invitation))

    @admin.display(description=_("works until (UTC)"), ordering="expires_at")
    def until(self, invitation: Invitation) -> str:
        return invitation.expires_at.strftime("%Y-%m-%d %H:%M")

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        initial = {} if obj is None else {"role": obj.role, "email": obj.email, "seats": obj.seats}
        if obj is not None:
            initial["work_teams"] = [str(identity) for identity in obj.team_ids]
            initial["days"] = max(1, (obj.expires_at - obj.created_at).days)
        return InvitationForm(data, actor=actor_of(request), initial=initial)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        data = form.cleaned_data
        invitation, secret = create_invitation(
            role=data["role"],
            created_by=actor.user,
            email=data["email"],
            seats=data["seats"],
            days=data["days"],
            work_team_ids=data.get("work_teams", []),
        )
        invitation.link = invitation_link(secret)  # type: ignore[attr-defined]  # for this one answer
        return invitation

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        """The link is in this one answer only: it is neither stored nor put into a message or session."""
        lead = ngettext(
            "One person can join with it as %(role)s, until %(until)s UTC.",
            "%(seats)d people can join with it as %(role)s, until %(until)s UTC.",
            obj.seats,
        ) % {"seats": obj.seats, "role": Role(obj.role).label, "until": self.until(obj)}
        return self.secret_page(
            request, title=gettext("The link is ready"), label=gettext("Invitation link"), secret=obj.link, lead=lead
        )

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        facts = [
            (_("State"), self.state(obj)),
            (_("For"), self.invited(obj)),
            (_("Role"), self.role_name(obj)),
            (_("Joined"), self.seats_used(obj)),
            (_("Works until (UTC)"), self.until(obj)),
        ]
        return {"title": gettext("Invitation for %(who)s") % {"who": self.invited(obj)}, "facts": facts}
