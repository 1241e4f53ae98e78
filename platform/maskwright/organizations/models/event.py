"""Events that an organization has posted to addresses of its own, and what became of each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from maskwright.core.models import TenantForeignKey, TenantModel


class EventKind(models.TextChoices):
    """What can be subscribed to."""

    JOB_ENDED = "job_ended", _("a labeling job completed, failed or was stopped")
    JOB_CHANGED = "job_changed", _("the status of a labeling job changed")
    TASK_ENDED = "task_ended", _("a photo was labeled, or failed")
    WORKER_ACTIVITY = "worker_activity", _("labelers accepted, submitted, returned or declined assignments")


#: Of an event that is sent to see whether it arrives.
TEST = "test"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")


class EventSubscription(TenantModel):
    """An address and what is posted there. While it fails, everything for it waits until `retry_at`."""

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=20, choices=EventKind))
    #: Encrypted; signs each post, never shown after it was made.
    secret = models.BinaryField(editable=False)
    is_on = models.BooleanField(default=True)
    #: Since when, how often in a row, and why nothing arrived; empty while everything does.
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.CharField(max_length=1024, blank=True, editable=False)
    retry_at = models.DateTimeField(null=True, editable=False)
    last_delivered_at = models.DateTimeField(null=True, editable=False)
    #: While one process posts, the others leave it alone.
    busy_until = models.DateTimeField(null=True, editable=False)
    #: Up to when worker activity was read.
    activity_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "name"], name="event_subscription_name_once")]

    def __str__(self) -> str:
        return self.name


class EventDelivery(TenantModel):
    """One event for one address. `body` is posted as it stands; the row's id is the delivery's."""

    subscription = TenantForeignKey(EventSubscription, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=20)
    body = models.JSONField()
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=1024, blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subscription", "id"], condition=models.Q(state="waiting"), name="event_waiting"),
            models.Index(fields=["organization_id", "created_at"], name="event_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
