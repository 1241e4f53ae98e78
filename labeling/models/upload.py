"""Photos uploaded by the browser, kept in the installation's own storage."""

from django.db import models

from maskwright.accounts.models import User
from maskwright.core.models import TenantForeignKey, TenantModel


class Upload(TenantModel):
    """A folder of photos under the address `upload://<id>/`."""

    name = models.CharField(max_length=100)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    completed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class UploadedFile(TenantModel):
    """One file; its bytes are the organization's blob `sha256`. `name` is its path inside the uploaded folder."""

    upload = TenantForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "upload", "name"], name="uploaded_file_name_once")
        ]
        indexes = [models.Index(fields=["organization_id", "sha256"], name="uploaded_file_blob")]

    def __str__(self) -> str:
        return self.name
