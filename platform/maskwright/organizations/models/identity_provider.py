"""Where an organization's people sign in, when they do so at the organization's own identity provider."""

from django.db import models
from django.db.models.functions import Now

from maskwright.core.models import TenantModel
from maskwright.organizations.permissions import Role


class Admits(models.TextChoices):
    EVERYBODY = "everybody", "everybody"
    KNOWN_GROUPS = "known_groups", "known_groups"


class IdentityProvider(TenantModel):
    """An OpenID Connect provider; one for each organization.

    `version` is part of the address people come back to and of whom an account belongs to: it rises with another
    issuer, at which the same `sub` would be somebody else. `endpoints` are those that the organization names itself
    instead of having them discovered. `role_groups`: group -> role.
    """

    version = models.PositiveIntegerField(default=1)
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=1024)
    secret = models.BinaryField()
    endpoints = models.JSONField(default=dict)
    scopes = models.CharField(max_length=1024, default="openid profile email")
    admits = models.CharField(max_length=12, choices=Admits, default=Admits.EVERYBODY)
    default_role = models.CharField(max_length=10, choices=Role, default=Role.LABELER)
    role_groups = models.JSONField(default=dict)
    last_problem = models.CharField(max_length=500, blank=True, default="")
    last_problem_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id"], name="identity_provider_once")]

    def __str__(self) -> str:
        return self.issuer
