"""Skills of people: who can do what, how well, and since when."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.core.scope import current_scope
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import moment
from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import Permission
from workforce.models import PersonSkill
from workforce.services.skills import remove_skill, set_skill, skill_list
from workforce.states import SkillSource


class SkillNameFilter(ChoiceFilter):
    title = _("skill")
    parameter_name = "skill"
    field_path = "name"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [(name, name) for name in skill_names()]


class SkillSourceFilter(ChoiceFilter):
    title = _("comes from")
    parameter_name = "source"
    field_path = "source"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return SkillSource.choices


def skill_names() -> list[str]:
    found = PersonSkill.objects.filter(organization_id=current_scope().organization_id)
    return sorted(set(found.values_list("name", flat=True)), key=str.casefold)


class SkillForm(ServiceForm):
    sections = (
        Section(
            _("Skill"),
            ("user", "name", "level"),
            _("A job can require skills with a least level. Capitals make no difference."),
        ),
    )

    user = forms.TypedChoiceField(label=_("Person"), coerce=uuid.UUID)
    name = forms.CharField(label=_("Skill"), max_length=63, widget=forms.TextInput(attrs={"list": "skill-names"}))
    level = forms.IntegerField(
        label=_("Level"), min_value=0, max_value=100, help_text=_("0 to 100; what the numbers mean is yours to say.")
    )

    def __init__(self, *args: Any, skill: PersonSkill | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["user"]
        members = Membership.objects.filter(organization_id=current_scope().organization_id, is_active=True)
        names = [(str(one.user_id), one.user.get_full_name()) for one in members.select_related("user")]
        people.choices = sorted(names, key=lambda pair: pair[1].casefold())
        if skill is not None:  # whose and which stays; another one is another row
            people.choices = [(str(skill.user_id), skill.user.get_full_name())]
            self.fields["name"].widget.attrs["readonly"] = True


def _remove(request: HttpRequest, actor: Actor, skill: PersonSkill) -> str:
    remove_skill(skill_id=skill.pk)
    return gettext("The skill was removed.")


@admin.register(PersonSkill)
class PersonSkillAdmin(ScopedModelAdmin):
    read_permission = Permission.TEAMS_MANAGE
    write_permission = Permission.TEAMS_MANAGE
    nav = NavEntry("people", 5, _("Skills"))
    icon = "labels"
    intro = _("What people can do: given by hand, earned by a qualification job, or computed from gold tasks.")
    add_label = _("Give a skill")
    submit_label = _("Give it")
    empty_title = _("Nobody has a skill yet")
    empty_text = _("Give one by hand, or make a qualification job in which people earn it.")
    list_display = ("person", "skill", "shown_level", "comes_from", "since")
    list_display_links = ("person",)
    list_filter = (SkillNameFilter, SkillSourceFilter)
    search_fields = ("name", "user__username")
    search_help_text = _("Skill or person")
    ordering = ("name", "-level")
    change_form_template = "admin/manage/skill.html"
    object_actions = (
        ObjectAction(
            "remove",
            _("Remove"),
            Permission.TEAMS_MANAGE,
            _remove,
            confirm=_("The person gets no more work that requires this skill. What he holds he may finish."),
            style="danger",
        ),
    )

    @property
    def plural(self) -> str:
        return gettext("Skills")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return skill_list()

    @admin.display(description=_("person"), ordering="user__username")
    def person(self, skill: Any) -> str:
        return str(skill.user.get_full_name())

    @admin.display(description=_("skill"), ordering="name")
    def skill(self, skill: Any) -> str:
        return str(skill.name)

    @admin.display(description=_("level"), ordering="level")
    def shown_level(self, skill: Any) -> str:
        return str(skill.level)

    @admin.display(description=_("comes from"))
    def comes_from(self, skill: Any) -> str:
        return str(SkillSource(skill.source).label)

    @admin.display(description=_("since (UTC)"), ordering="changed_at")
    def since(self, skill: Any) -> str:
        return moment(skill.changed_at)

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        initial = {"user": request.GET.get("user", "")}
        if obj is not None:
            initial = {"user": str(obj.user_id), "name": obj.name, "level": obj.level}
        return SkillForm(data, initial=initial, skill=obj)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        data = form.cleaned_data
        name = obj.name if obj is not None else data["name"]
        return set_skill(user_id=data["user"], name=name, level=data["level"])

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("%(person)s has the skill %(skill)s at level %(level)s.") % {
            "person": obj.user.get_full_name(),
            "skill": obj.name,
            "level": obj.level,
        }

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        return {"skill_names": skill_names()}
