"""Workforces and work teams."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import User
from maskwright.core.models import TenantForeignKey, TenantModel


class WorkforceKind(models.TextChoices):
    PRIVATE = "private", _("private")
    VENDOR = "vendor", _("vendor")


class Workforce(TenantModel):
    """The people an organization has: its own (private), or those it lends to customers (vendor)."""

    name = models.CharField(max_length=63)
    kind = models.CharField(max_length=10, choices=WorkforceKind, default=WorkforceKind.PRIVATE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "name"], name="workforce_name_once")]

    def __str__(self) -> str:
        return self.name


class WorkTeam(TenantModel):
    """A group of people that work is given to."""

    workforce = TenantForeignKey(Workforce, related_name="work_teams")
    name = models.CharField(max_length=63)
    description = models.CharField(max_length=200, blank=True)
    #: Groups of the identity provider whose people are in the team, by their sign-in (Ground Truth's
    #: `OidcMemberDefinition`).
    groups = ArrayField(models.CharField(max_length=63), default=list, db_default=[])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "name"], name="work_team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    """A person in a work team."""

    work_team = TenantForeignKey(WorkTeam, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: In the team because of a group, and out of it without; False: put there by hand, and left there.
    by_group = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "work_team", "user"], name="team_member_once")
        ]
        indexes = [models.Index(fields=["organization_id", "user"], name="team_member_user")]

    def __str__(self) -> str:
        return str(self.user_id)
