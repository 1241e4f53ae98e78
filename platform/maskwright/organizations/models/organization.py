"""Organizations (the tenants), who belongs to them, and how people are invited."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from maskwright.accounts.models import User
from maskwright.core.ids import uuid7
from maskwright.core.models import TenantModel
from maskwright.organizations.permissions import Role, SecondFactor


class Organization(models.Model):
    """A tenant: a customer, a vendor, or both at once. The table is global; it says no more than a name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    # The stable 12-digit number that stands for the organization in ARNs.
    account_id = models.CharField(max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$")])
    is_vendor = models.BooleanField(default=False, help_text="May be offered the work of other organizations.")
    is_active = models.BooleanField(default=True)
    #: From where labelers and reviewers may work (`organizations.networks`); empty: from everywhere.
    labeler_networks = ArrayField(models.CharField(max_length=50), default=list, db_default=[])
    #: The hosts from which pages of task templates may load (`organizations.template_hosts`).
    template_hosts = ArrayField(models.CharField(max_length=260), default=list, db_default=[])
    #: Who needs a second factor to act here (`organizations.second_factor`).
    second_factor = models.CharField(
        max_length=10, choices=SecondFactor, default=SecondFactor.NOBODY, db_default=SecondFactor.NOBODY
    )
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """A person's role in an organization. `version` rises with each change of role or state."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    deactivated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Invitation(models.Model):
    """A link by which people join. Global, since who opens it is in no organization yet; holds a hash, not the link."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role)
    email = models.EmailField(blank=True, help_text="When set, only this address may accept.")
    #: How the inviter calls the person; what a new account starts with.
    display_name = models.CharField(max_length=100, blank=True, default="", db_default="")
    #: Of invitations that were made before there could be several teams.
    work_team_id = models.UUIDField(null=True, blank=True)
    work_team_ids = ArrayField(models.UUIDField(), default=list, db_default=[])
    #: What the person can do, by the inviter: `[{"name": "...", "level": 0 to 100}]`.
    skills = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    hash = models.CharField(max_length=64, unique=True)
    seats = models.PositiveSmallIntegerField(default=1)
    used = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.role} of {self.organization}"

    @property
    def team_ids(self) -> list[uuid.UUID]:
        """The work teams the person joins, in the order in which they were named."""
        return list(dict.fromkeys([*([self.work_team_id] if self.work_team_id else []), *self.work_team_ids]))


__all__ = ["Invitation", "Membership", "Organization"]
