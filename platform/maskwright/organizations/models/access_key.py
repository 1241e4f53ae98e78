"""Access keys of the SageMaker API: an id, a secret that signs requests, and, for temporary ones, a session token."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from maskwright.accounts.models import ApiToken, User
from maskwright.core.ids import uuid7
from maskwright.organizations.models.organization import Organization


class AccessKey(models.Model):
    """One key of an organization; it acts as the owner who made it. Global: its id is looked up before any scope.

    A temporary key has a `parent`, an `expires_at` and the hash of the session token that every request must carry.
    `api_token`: the API token with which a script made it; it ends with that.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    #: AKIA… for lasting keys, ASIA… for temporary ones; 20 characters, not secret.
    key_id = models.CharField(max_length=20, unique=True)
    #: Encrypted, because a signature is checked by making it again; never shown after the key was made.
    secret = models.BinaryField(editable=False)
    #: Permissions it is limited to; None: all that its owner's role has at the time of use.
    scopes = ArrayField(models.CharField(max_length=40), null=True)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="children", db_constraint=False
    )
    api_token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False)
    session_hash = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    #: Switched off for now.
    disabled_at = models.DateTimeField(null=True)
    #: Ended for good.
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.key_id})"
