"""Members of the organization: who may sign in, and what each may do."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from maskwright.core.errors import NotAllowed
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin.identity_provider import IdentityProviderPage
from maskwright.organizations.admin.networks import NetworksPage
from maskwright.organizations.admin.second_factor import SecondFactorPage
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin, actor_of
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge, moment
from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import Permission, Role
from maskwright.organizations.rights import role_choices
from maskwright.organizations.selectors import with_second_factor
from maskwright.organizations.services.membership import change_member
from maskwright.organizations.services.passwords import create_password_link
from maskwright.organizations.services.second_factor import remove_member_second_factor


def grantable_roles(actor: Actor) -> list[tuple[str, Any]]:
    """Only an owner makes owners; otherwise a manager could give himself what he was not given."""
    return role_choices([value for value in Role.values if value != Role.OWNER or actor.role == Role.OWNER])


class RoleFilter(ChoiceFilter):
    title = _("role")
    parameter_name = "role"
    field_path = "role"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return Role.choices


class StateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("active", _("active")), ("inactive", _("deactivated"))]

    def matching(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        return queryset.filter(is_active=chosen == "active")


class MemberForm(ServiceForm):
    sections = (Section(_("Rights"), ("role",)),)

    role = forms.ChoiceField(
        label=_("Role"), widget=forms.RadioSelect, help_text=_("What the person may do in this organization.")
    )

    def __init__(self, *args: Any, actor: Actor, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = grantable_roles(actor)
        if current not in dict(choices):  # shown, but not to be chosen: the page is read-only then
            choices = role_choices([current])
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


def _deactivate(request: HttpRequest, actor: Actor, member: Membership) -> str:
    _refuse_foreign_owner(actor, member)
    change_member(membership_id=member.pk, is_active=False)
    return gettext("%(name)s can no longer sign in to this organization.") % {"name": member.user.get_full_name()}


def _reactivate(request: HttpRequest, actor: Actor, member: Membership) -> str:
    _refuse_foreign_owner(actor, member)
    change_member(membership_id=member.pk, is_active=True)
    return gettext("%(name)s is a member again.") % {"name": member.user.get_full_name()}


def _refuse_foreign_owner(actor: Actor, member: Membership) -> None:
    if member.role == Role.OWNER and actor.role != Role.OWNER:
        raise NotAllowed(gettext("Only an owner can change an owner. Ask one."))


def _password_link(request: HttpRequest, actor: Actor, member: Membership) -> HttpResponse:
    link = create_password_link(membership_id=member.pk)
    page = cast(MembershipAdmin, admin.site.get_model_admin(Membership))
    return page.secret_page(
        request,
        title=gettext("The password link is ready"),
        label=gettext("Link for %(name)s") % {"name": member.user.get_full_name()},
        secret=link.url,
        lead=gettext(
            "Hand it to %(name)s yourself: whoever opens it sets the password of this account. It works once, until "
            "%(until)s UTC."
        )
        % {"name": member.user.get_full_name(), "until": moment(link.expires_at)},
    )


def _remove_second_factor(request: HttpRequest, actor: Actor, member: Membership) -> str:
    _refuse_foreign_owner(actor, member)
    remove_member_second_factor(membership_id=member.pk)
    return gettext("%(name)s signs in by the password alone now.") % {"name": member.user.get_full_name()}


@admin.register(Membership)
class MembershipAdmin(ScopedModelAdmin):
    write_permission = Permission.MEMBERS_MANAGE
    can_add = False  # people come by invitation
    nav = NavEntry("people", 2, _("Members"))
    icon = "member"
    intro = _("Everybody who can sign in to this organization, and what each may do.")
    list_display = ("person", "username", "email", "role_name", "protected", "state", "since")
    list_display_links = ("person",)
    list_filter = (RoleFilter, StateFilter)
    search_fields = ("user__username", "user__display_name", "user__email")
    search_help_text = _("Name or e-mail address")
    list_select_related = ("user",)
    ordering = ("user__username",)
    change_list_template = "admin/manage/members.html"
    change_form_template = "admin/manage/member.html"
    object_actions = (
        ObjectAction(
            "password-link",
            _("Password link"),
            Permission.MEMBERS_MANAGE,
            _password_link,
            confirm=_("You get a link by which this person sets a new password. The old one works until then."),
            available=lambda member: member.is_active,
        ),
        ObjectAction(
            "second-factor-remove",
            _("Remove second factor"),
            Permission.MEMBERS_MANAGE,
            _remove_second_factor,
            confirm=_(
                "For somebody who lost telephone and recovery codes. Be sure it is him who asks: then the password "
                "alone signs in, until he sets a second factor up again."
            ),
            available=lambda member: member.is_active and member.has_second_factor,
        ),
        ObjectAction(
            "deactivate",
            _("Deactivate"),
            Permission.MEMBERS_MANAGE,
            _deactivate,
            confirm=_(
                "The person loses access to this organization at once: open work goes back to the queue. Answers stay. "
                "You can reactivate the person later."
            ),
            available=lambda member: member.is_active,
            style="danger",
        ),
        ObjectAction(
            "reactivate",
            _("Reactivate"),
            Permission.MEMBERS_MANAGE,
            _reactivate,
            available=lambda member: not member.is_active,
        ),
    )

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("networks/", self.guarded(self.networks_view), name=self.url_name("networks")),
            path("second-factor/", self.guarded(self.second_factor_view), name=self.url_name("second-factor")),
            path("single-sign-on/", self.guarded(self.single_sign_on_view), name=self.url_name("single-sign-on")),
        ]

    def single_sign_on_view(self, request: HttpRequest) -> HttpResponse:
        return csrf_protect(IdentityProviderPage(self).answer)(request)

    def second_factor_view(self, request: HttpRequest) -> HttpResponse:
        return csrf_protect(SecondFactorPage(self).answer)(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        found: QuerySet[Membership] = with_second_factor(super().get_queryset(request))
        return found

    def networks_view(self, request: HttpRequest) -> HttpResponse:
        return csrf_protect(NetworksPage(self).answer)(request)

    @admin.display(description=_("name"), ordering="user__display_name")
    def person(self, member: Membership) -> str:
        return member.user.get_full_name()

    @admin.display(description=_("user name"), ordering="user__username")
    def username(self, member: Membership) -> str:
        return member.user.username

    @admin.display(description=_("e-mail"))
    def email(self, member: Membership) -> str:
        return member.user.email or "–"

    @admin.display(description=_("role"), ordering="role")
    def role_name(self, member: Membership) -> str:
        return str(Role(member.role).label)

    @admin.display(description=_("second factor"))
    def protected(self, member: Any) -> str:
        return badge(_("on"), "success") if member.has_second_factor else badge(_("off"))

    @admin.display(description=_("state"))
    def state(self, member: Membership) -> str:
        return badge(_("active"), "success") if member.is_active else badge(_("deactivated"))

    @admin.display(description=_("member since"), ordering="created_at")
    def since(self, member: Membership) -> str:
        return member.created_at.strftime("%Y-%m-%d")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or obj.role != Role.OWNER or actor_of(request).role == Role.OWNER

    def actions_of(self, request: HttpRequest, obj: Any) -> Sequence[ObjectAction]:
        return super().actions_of(request, obj) if self.has_change_permission(request, obj) else []

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        assert obj is not None
        return MemberForm(data, actor=actor_of(request), current=obj.role, initial={"role": obj.role})

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        assert obj is not None
        _refuse_foreign_owner(actor, obj)
        return change_member(membership_id=obj.pk, role=form.cleaned_data["role"])

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        assert obj is not None
        facts = [
            (_("User name"), obj.user.username),
            (_("E-mail"), obj.user.email or _("none: a password link has to be handed over")),
            (_("Second factor"), _("on") if obj.has_second_factor else _("off")),
            (_("Member since"), self.since(obj)),
            (_("State"), self.state(obj)),
        ]
        return {"title": obj.user.get_full_name(), "facts": facts}

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("The role was saved; it counts from now on.")
