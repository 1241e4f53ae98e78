"""Organizations (the tenants), who belongs to them, and how people are invited."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from maskwright.accounts.models import User
from maskwright.core.ids import uuid7
from maskwright.core.models import TenantModel
from maskwright.organizations.permissions import Role


class Organization(models.Model):
    """A tenant: a customer, a vendor, or both at once. The table is global; it says no more than a name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    # The stable 12-digit number that stands for the organization in ARNs.
    account_id = models.CharField(max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$")])
    is_vendor = models.BooleanField(default=False, help_text="May be offered the work of other organizations.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """A person's role in an organization. `version` rises with each change of role or state."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

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
    work_team_id = models.UUIDField(null=True, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    seats = models.PositiveSmallIntegerField(default=1)
    used = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.role} of {self.organization}"


__all__ = ["Invitation", "Membership", "Organization"]
