"""Photos uploaded by the browser, kept in the installation's own storage."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import User
from maskwright.core.models import TenantForeignKey, TenantModel


class UploadPurpose(models.TextChoices):
    """What its files are for: photos of jobs, or pictures that instructions show."""

    PHOTOS = "photos", _("photos")
    INSTRUCTIONS = "instructions", _("pictures of instructions")


class Upload(TenantModel):
    """A folder of photos under the address `upload://<id>/`, or the organization's pictures of instructions."""

    name = models.CharField(max_length=100)
    purpose = models.CharField(
        max_length=12, choices=UploadPurpose, default=UploadPurpose.PHOTOS, db_default=UploadPurpose.PHOTOS
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One collection of pictures in each organization.
            models.UniqueConstraint(
                fields=["organization_id"],
                condition=models.Q(purpose="instructions"),
                name="upload_of_instructions_once",
            )
        ]

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
