"""Append-only audit events. Plain ids instead of foreign keys, so that events outlive what they tell of."""

from django.db import models
from django.db.models.functions import Now

from maskwright.core.ids import uuid7
from maskwright.core.models import TenantManager


class AuditEvent(models.Model):
    """Who did what to what. `actor_id` is a user's or, for a vendor's people, the pseudonymous worker's id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField()
    actor_kind = models.CharField(max_length=10)  # user, worker, system
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantManager["AuditEvent"]()

    class Meta:
        indexes = [models.Index(fields=["organization_id", "subject_id", "id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"
