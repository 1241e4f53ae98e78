"""What every tenant row is made of, and the outbox."""

import uuid
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models.functions import Now

from maskwright.core.ids import uuid7
from maskwright.core.scope import current_scope, is_unscoped

_M = TypeVar("_M", bound=models.Model)


class TenantManager(models.Manager[_M]):
    """The first wall: refuses to build a query outside a scope and filters by the organization in scope.

    `granted_by` names the column that may also match a live grant (`work_queue_id`, or a `vendor_id` that is ours).
    """

    def __init__(self, *, granted_queue: str = "", granted_vendor: str = "") -> None:
        super().__init__()
        self.granted_queue = granted_queue
        self.granted_vendor = granted_vendor

    def get_queryset(self) -> models.QuerySet[_M]:
        queryset = super().get_queryset()
        if is_unscoped():
            return queryset
        scope = current_scope()
        mine = models.Q(organization_id=scope.organization_id)
        if self.granted_queue and scope.queues:
            mine |= models.Q(**{f"{self.granted_queue}__in": scope.queues})
        if self.granted_vendor:
            mine |= models.Q(**{self.granted_vendor: scope.organization_id})
        return queryset.filter(mine)


class TenantModel(models.Model):
    """A row that belongs to exactly one organization.

    Row-level security and the composite keys are added by `SecureTenantTable` in the app's migrations.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Rows made in a scope belong to it unless a service names the owner (a vendor writing under its customer).
        if self.organization_id is None:
            self.organization_id = current_scope().organization_id
        super().save(*args, **kwargs)


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key inside one tenant: the database constraint is the composite `(organization_id, x_id)`."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class TenantOneToOneField(models.OneToOneField[Any, Any]):
    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class OutboxMessage(models.Model):
    """Something to do after a commit. Written in the transaction that makes it necessary; `payload` holds ids only.

    A message with a `key` is coalesced: while one that has not started yet waits, no second is written.
    `attempts` counts starts, so a message that kills its process ends as `dead` instead of coming back for ever.
    `next_at` is when the publisher sends it (again); `lease_until` is how long a started run is left alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField()
    topic = models.CharField(max_length=100)
    key = models.CharField(max_length=200, default="", blank=True)
    payload = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "topic", "key"],
                condition=models.Q(done_at=None, dead_at=None, started_at=None) & ~models.Q(key=""),
                name="outbox_coalesced",
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(done_at=None, dead_at=None), name="outbox_due"),
            models.Index(fields=["done_at"], condition=models.Q(done_at__isnull=False), name="outbox_done"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key or self.id}"


def as_uuid(value: str | uuid.UUID) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
