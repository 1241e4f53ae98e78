"""What each role may do: one table, one place that enforces it (`require`)."""

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.core.errors import NotAllowed
from maskwright.organizations.actor import Actor


class Role(TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    REVIEWER = "reviewer", _("Reviewer")
    LABELER = "labeler", _("Labeler")
    AUDITOR = "auditor", _("Auditor")


class SecondFactor(TextChoices):
    """Who of an organization needs one."""

    NOBODY = "nobody", _("Nobody: each person decides")
    MANAGERS = "managers", _("Owners, managers and auditors")
    EVERYBODY = "everybody", _("Everybody")


class Permission(TextChoices):
    """`scope:resource:action`; the label says it as people would."""

    HOSTS_MANAGE = "hosts:manage", _("choose the hosts from which task templates may load")
    INTEGRATIONS_MANAGE = "integrations:manage", _("connect functions and have events posted")
    JOBS_MANAGE = "jobs:manage", _("create, start, pause and stop labeling jobs")
    JOBS_READ = "jobs:read", _("see labeling jobs, their progress and their results")
    KEYS_MANAGE = "keys:manage", _("make and end access keys for scripts")
    MEMBERS_MANAGE = "members:manage", _("add and remove people and choose their roles")
    MONEY_MANAGE = "money:manage", _("set prices, correct time and issue statements")
    MONEY_READ = "money:read", _("see time, pay and statements")
    SETTINGS_MANAGE = "settings:manage", _("change label sets, task templates and storage connections")
    TEAMS_MANAGE = "teams:manage", _("make work teams and choose who is in them")
    WORK_DO = "work:do", _("label photos of the teams one is in")
    WORK_REVIEW = "work:review", _("review the results of the review teams one is in")


_READ = frozenset({Permission.JOBS_READ})
_MONEY = frozenset({Permission.MONEY_READ, Permission.MONEY_MANAGE})
_WORK = frozenset({Permission.WORK_DO, Permission.WORK_REVIEW})
_MANAGE = _READ | _WORK | {Permission.JOBS_MANAGE, Permission.SETTINGS_MANAGE, Permission.TEAMS_MANAGE} | _MONEY

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.OWNER: _MANAGE
    | {
        Permission.MEMBERS_MANAGE,
        Permission.KEYS_MANAGE,
        Permission.HOSTS_MANAGE,
        Permission.INTEGRATIONS_MANAGE,
    },
    Role.MANAGER: _MANAGE | {Permission.MEMBERS_MANAGE},
    Role.REVIEWER: _READ | _WORK,
    Role.LABELER: frozenset({Permission.WORK_DO}),
    Role.AUDITOR: _READ | {Permission.MONEY_READ},
}


def allows(role: str, permission: Permission) -> bool:
    return permission in ROLE_PERMISSIONS.get(role, frozenset())


def within(scopes: frozenset[str] | None, permission: Permission) -> bool:
    """Whether an API token's scopes include the permission; None is no limit."""
    return scopes is None or permission in scopes


def can(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role has the permission, and the token he came with, if he did, includes it."""
    return allows(actor.role, permission) and within(actor.scopes, permission)


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed, saying what is missing, unless the actor's role has the permission and so has his token."""
    if not within(actor.scopes, permission):
        raise NotAllowed(
            gettext(
                "This API token may not %(permission)s. Use one whose scopes include “%(scope)s”, or one without "
                "limits."
            )
            % {"permission": permission.label, "scope": permission.value}
        )
    if not allows(actor.role, permission):
        raise NotAllowed(
            gettext(
                "Your role (%(role)s) in %(organization)s may not %(permission)s. Ask an owner or manager of "
                "the organization."
            )
            % {"role": Role(actor.role).label, "organization": actor.organization_name, "permission": permission.label}
        )
