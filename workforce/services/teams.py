"""Work teams: make, change, end; who is in them. Losing the last way to a queue ends the claims there at once."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop, ngettext

from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid, NotFound
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import current_scope, read_grants
from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import Permission, Role, allows
from workforce.models import GrantStaffing, TeamMember, WorkerIdentity, Workforce, WorkQueue, WorkTeam
from workforce.services.expiry import withdraw_claims
from workforce.states import QueueState

PRIVATE_WORKFORCE = gettext_noop("Private workforce")
_MAX_NAME = 63
#: As in Ground Truth.
_MOST_GROUPS, _LONGEST_GROUP = 10, 63
_REQUESTS_END_SECONDS = 2.0


def private_workforce() -> Workforce:
    """The organization's own people as one workforce, made when the first team needs it."""
    workforce, _ = Workforce.objects.get_or_create(
        organization_id=current_scope().organization_id, name=PRIVATE_WORKFORCE
    )
    return workforce


def create_work_team(
    *, name: str, description: str = "", user_ids: Iterable[uuid.UUID] = (), groups: Sequence[str] = ()
) -> WorkTeam:
    """Make a team, with people in it when given. Raises Invalid for names that are empty, too long or taken.

    `groups`: of the organization's identity provider; whoever signs in with one of them is in the team.
    """
    name = _usable_name(name)
    try:
        with transaction.atomic():
            team = WorkTeam.objects.create(
                workforce=private_workforce(),
                name=name,
                description=_usable_description(description),
                groups=_usable_groups(groups),
            )
    except IntegrityError as error:
        raise _name_taken(name) from error
    record("work_team.created", "work_team", team.pk, name=name)
    for user_id in user_ids:
        add_team_member(work_team_id=team.pk, user_id=user_id)
    return team


def change_work_team(
    *,
    work_team_id: uuid.UUID,
    name: str | None = None,
    description: str | None = None,
    groups: Sequence[str] | None = None,
) -> WorkTeam:
    """What is None stays. Other groups hold from each person's next sign-in."""
    team = _locked_team(work_team_id)
    if name is not None:
        team.name = _usable_name(name, other_than=team.pk)
    if description is not None:
        team.description = _usable_description(description)
    if groups is not None:
        team.groups = _usable_groups(groups)
    try:
        with transaction.atomic():
            team.save(update_fields=["name", "description", "groups"])
    except IntegrityError as error:
        raise _name_taken(team.name) from error
    record("work_team.changed", "work_team", team.pk, name=team.name)
    return team


def delete_work_team(*, work_team_id: uuid.UUID) -> None:
    """End a team that no job names. A team that labeled stays, as part of the jobs' history."""
    team = _locked_team(work_team_id)
    jobs = WorkQueue.objects.filter(work_team=team, organization_id=team.organization_id).count()
    if jobs:
        raise Conflict(
            ngettext(
                "%(name)s is the team of %(count)d job and stays for its history. Give the job another team, or take "
                "the people out of this one.",
                "%(name)s is the team of %(count)d jobs and stays for their history. Give open jobs another team, or "
                "take the people out of this one.",
                jobs,
            )
            % {"name": team.name, "count": jobs}
        )
    users = list(TeamMember.objects.filter(work_team=team).values_list("user_id", flat=True))
    GrantStaffing.objects.filter(work_team=team).delete()
    TeamMember.objects.filter(work_team=team).delete()
    record("work_team.deleted", "work_team", team.pk, name=team.name)
    team.delete()
    withdraw_unreachable(users, reason=gettext_noop("The work team was ended."))


def add_team_member(*, work_team_id: uuid.UUID, user_id: uuid.UUID) -> TeamMember:
    """Put an active member of the organization into a team; doing so again changes nothing."""
    team = _locked_team(work_team_id)
    membership = Membership.objects.filter(
        user_id=user_id, organization_id=team.organization_id, is_active=True
    ).first()
    if membership is None:
        raise NotFound(gettext("There is no such member of the organization. Invite the person first."))
    if not allows(membership.role, Permission.WORK_DO):
        raise Conflict(
            gettext("Somebody with the role %(role)s does not label. Change the role first.")
            % {"role": Role(membership.role).label}
        )
    member, is_new = TeamMember.objects.get_or_create(
        organization_id=team.organization_id, work_team=team, user_id=user_id
    )
    if is_new:
        record("work_team.member_added", "work_team", team.pk, user=user_id)
        emit(*_work_for(team.pk, user_id))
    return member


def remove_team_member(*, work_team_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Take a person out of a team. Claims he can reach through no other team end, their drafts stay."""
    team = _locked_team(work_team_id)
    removed, _ = TeamMember.objects.filter(work_team=team, user_id=user_id).delete()
    if not removed:
        raise NotFound(gettext("This person is not in the team."))
    record("work_team.member_removed", "work_team", team.pk, user=user_id)
    withdraw_unreachable([user_id], reason=gettext_noop("You are no longer in the work team."))


def leave_all_teams(user_id: uuid.UUID) -> None:
    """When a membership ends or its role no longer labels: out of every team, so that coming back starts anew."""
    active = Membership.objects.filter(user_id=user_id, organization_id=current_scope().organization_id, is_active=True)
    if any(allows(role, Permission.WORK_DO) for role in active.values_list("role", flat=True)):
        return
    for work_team_id in TeamMember.objects.filter(user_id=user_id).values_list("work_team_id", flat=True):
        remove_team_member(work_team_id=work_team_id, user_id=user_id)


# Live claims of people of the organization in scope whose queue they reach neither by the team of the claim's stage nor
# by a staffed grant.
_UNREACHABLE = """
SELECT c.work_queue_id, array_agg(c.worker_id)
FROM workforce_claim c
JOIN workforce_workeridentity i
  ON i.organization_id = %(org)s AND i.worker_id = c.worker_id AND i.user_id = ANY (%(users)s)
JOIN workforce_workqueue q ON q.id = c.work_queue_id
WHERE c.state = 'live'
  AND NOT EXISTS (
    SELECT 1 FROM workforce_teammember m
    WHERE q.organization_id = %(org)s AND m.organization_id = %(org)s AND m.user_id = i.user_id
      AND m.work_team_id = CASE c.stage WHEN 'review' THEN q.review_team_id ELSE q.work_team_id END)
  AND NOT EXISTS (
    SELECT 1 FROM workforce_grantstaffing g
    JOIN workforce_teammember m ON m.organization_id = g.organization_id AND m.work_team_id = g.work_team_id
    WHERE g.organization_id = %(org)s AND g.work_queue_id = q.id AND g.work_queue_id = ANY (%(granted)s)
      AND m.user_id = i.user_id)
GROUP BY c.work_queue_id
"""


def withdraw_unreachable(user_ids: Sequence[uuid.UUID], *, reason: str) -> int:
    """End the claims these people could not take again now; returns how many. Also those at customers.

    Once more when every request has ended that read their rights before this commit, for a claim it may have made.
    """
    if not user_ids:
        return 0
    people = [str(user_id) for user_id in user_ids]
    owner = current_scope().organization_id
    emit(Message("work.place_ended", owner, {"user_ids": people, "reason": reason}, delay=_REQUESTS_END_SECONDS))
    return end_unreachable(user_ids, reason=reason)


def end_unreachable(user_ids: Sequence[uuid.UUID], *, reason: str) -> int:
    """As `withdraw_unreachable`, this once."""
    if not WorkerIdentity.objects.filter(user_id__in=user_ids).exists():
        return 0
    scope = read_grants()
    values: dict[str, Any] = {
        "org": scope.organization_id,
        "users": list(user_ids),
        "granted": list(scope.queues),
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNREACHABLE, values)
        found = cursor.fetchall()
    return sum(withdraw_claims(reason=reason, queue_id=queue, worker_ids=workers) for queue, workers in found)


def _work_for(work_team_id: uuid.UUID, user_id: uuid.UUID) -> list[Message]:
    """Tell a new member of a team what he can work on: its jobs, and those of customers it staffs."""
    owner = current_scope().organization_id
    own = WorkQueue.objects.filter(organization_id=owner, work_team_id=work_team_id, state=QueueState.OPEN)
    staffed = GrantStaffing.objects.filter(work_team_id=work_team_id)
    queues = [*own.values_list("pk", flat=True), *staffed.values_list("work_queue_id", flat=True)]
    return [push(owner, f"user.{user_id}", "work.available", work_queue=queue) for queue in queues]


def _locked_team(work_team_id: uuid.UUID) -> WorkTeam:
    team = WorkTeam.objects.select_for_update(no_key=True).filter(pk=work_team_id).first()
    if team is None:
        raise NotFound(gettext("There is no such work team."))
    return team


def _usable_name(name: str, *, other_than: uuid.UUID | None = None) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= _MAX_NAME:
        problem = FieldProblem("name", "length", gettext("A name has 1 to %(most)s characters.") % {"most": _MAX_NAME})
        raise Invalid(gettext("Give the work team a name."), fields=(problem,))
    if WorkTeam.objects.filter(name__iexact=name).exclude(Q(pk=other_than)).exists():
        raise _name_taken(name)
    return name


def _usable_description(description: str) -> str:
    description = description.strip()
    if len(description) > 200:
        problem = FieldProblem("description", "length", gettext("A description has at most 200 characters."))
        raise Invalid(gettext("The description is too long."), fields=(problem,))
    return description


def _usable_groups(groups: Iterable[str]) -> list[str]:
    """Each once, without space around it."""
    found = list(dict.fromkeys(name for name in (group.strip() for group in groups) if name))
    if len(found) > _MOST_GROUPS or any(len(name) > _LONGEST_GROUP for name in found):
        message = gettext("A team has at most %(most)d groups, each of at most %(longest)d characters.") % {
            "most": _MOST_GROUPS,
            "longest": _LONGEST_GROUP,
        }
        raise Invalid(message, fields=(FieldProblem("groups", "too_many", message),))
    return found


def _name_taken(name: str) -> Invalid:
    problem = FieldProblem("name", "taken", gettext("Choose another name."))
    return Invalid(gettext("There is a work team named %(name)s already.") % {"name": name}, fields=(problem,))
