"""Skills of people: given by hand, earned by a qualification, computed from gold tasks. The employer's own rows."""

import uuid

from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.outbox import emit, push
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Membership
from workforce.models import PersonSkill, TeamMember, WorkQueue
from workforce.states import QueueState, SkillSource

_MOST = 63


def skill_list() -> QuerySet[PersonSkill]:
    """Skills of the organization's people, by skill and best first."""
    found = PersonSkill.objects.filter(organization_id=current_scope().organization_id)
    return found.select_related("user").order_by("name", F("level").desc(), "user__username")


def level_of(*, user_id: uuid.UUID, name: str) -> int | None:
    found = PersonSkill.objects.filter(user_id=user_id, name__iexact=name.strip()).first()
    return found.level if found is not None else None


def set_skill(*, user_id: uuid.UUID, name: str, level: int, source: SkillSource = SkillSource.HAND) -> PersonSkill:
    """Give a member a skill, or change its level. What he holds stays his; what needs more he is not offered."""
    name = " ".join(name.split())
    problems = []
    if not 1 <= len(name) <= _MOST:
        problems.append(
            FieldProblem("name", "length", _("Name the skill in 1 to %(most)s characters.") % {"most": _MOST})
        )
    if not 0 <= level <= PersonSkill.MAX_LEVEL:
        problems.append(FieldProblem("level", "range", _("Give a level from 0 to 100.")))
    if problems:
        raise Invalid(_("The skill was not saved; each reason is listed."), fields=tuple(problems))
    _require_member(user_id)
    rows = PersonSkill.objects.select_for_update(no_key=True)
    skill: PersonSkill | None = rows.filter(user_id=user_id, name__iexact=name).first()
    before = skill.level if skill is not None else None
    if skill is None:
        skill = PersonSkill.objects.create(user_id=user_id, name=name, level=level, source=source)
    else:
        rows.filter(pk=skill.pk).update(level=level, source=source, changed_at=Now())
        skill.refresh_from_db()
    record(
        "person_skill.given", "person_skill", skill.pk, user=user_id, name=name, level=level, before=before, by=source
    )
    _tell(user_id)
    return skill


def remove_skill(*, skill_id: uuid.UUID) -> None:
    skill = PersonSkill.objects.filter(pk=skill_id, organization_id=current_scope().organization_id).first()
    if skill is None:
        raise NotFound(_("There is no such skill."))
    record("person_skill.removed", "person_skill", skill.pk, user=skill.user_id, name=skill.name, level=skill.level)
    skill.delete()
    _tell(skill.user_id)


def _require_member(user_id: uuid.UUID) -> None:
    owner = current_scope().organization_id
    if not Membership.objects.filter(organization_id=owner, user_id=user_id, is_active=True).exists():
        message = _("There is no such member of the organization. Invite the person first.")
        raise NotFound(message)


def _tell(user_id: uuid.UUID) -> None:
    """What the person may work on has changed perhaps."""
    owner = current_scope().organization_id
    teams = TeamMember.objects.filter(user_id=user_id).values_list("work_team_id", flat=True)
    queues = WorkQueue.objects.filter(organization_id=owner, work_team_id__in=list(teams), state=QueueState.OPEN)
    for queue in queues.exclude(required_skills={}).values_list("pk", flat=True):
        emit(push(owner, f"user.{user_id}", "work.available", work_queue=queue))
