"""Labelers as a customer knows them: by a pseudonym. The link to the person belongs to the employer alone."""

from typing import ClassVar, Self

from django.db import models

from maskwright.accounts.models import User
from maskwright.core.models import TenantManager, TenantModel


class Worker(TenantModel):
    """A labeler, in the organization whose data he labels. `vendor_id` is null for the organization's own people."""

    vendor_id = models.UUIDField(null=True)
    code = models.CharField(max_length=40)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "code"], name="worker_code_once")]

    def __str__(self) -> str:
        return self.code


class WorkerIdentity(TenantModel):
    """Which person a worker is. Owned by the employer; for a vendor's people the customer cannot read it."""

    customer_id = models.UUIDField()
    worker_id = models.UUIDField(unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "customer_id", "user"], name="worker_identity_once")
        ]

    def __str__(self) -> str:
        return str(self.worker_id)
