"""Storage connections: where an organization's photos and outputs lie, with encrypted credentials."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maskwright.core.models import TenantModel


class StorageKind(models.TextChoices):
    S3 = "s3", _("Amazon S3 or compatible")
    GCS = "gcs", _("Google Cloud Storage")
    AZURE = "azure", _("Azure Blob Storage")
    LOCAL = "local", _("folder on the server")


class StorageConnection(TenantModel):
    """`container` is the bucket, Azure container, or folder (below the operator's allowed roots)."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=StorageKind)
    container = models.CharField(max_length=500)
    endpoint = models.URLField(blank=True)
    region = models.CharField(max_length=40, blank=True)
    credentials = models.BinaryField(default=b"", editable=False)  # encrypted JSON, never shown again
    is_writable = models.BooleanField(default=True)
    #: The IAM role for which this connection stands where scripts name one (`RoleArn`).
    role_arn = models.CharField(max_length=2048, blank=True, default="", db_default="")
    #: Stands for every role that no connection names.
    is_default = models.BooleanField(default=False, db_default=False)
    tested_at = models.DateTimeField(null=True, editable=False)
    test_result = models.TextField(blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "name"], name="storage_connection_name_once"),
            models.UniqueConstraint(fields=["organization_id", "kind", "container"], name="storage_container_once"),
        ]

    def __str__(self) -> str:
        return self.name
