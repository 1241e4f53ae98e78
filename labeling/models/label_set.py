"""Label sets: the label categories of a job, in versions that never change."""

from django.db import models

from maskwright.core.models import TenantForeignKey, TenantModel


class LabelSet(TenantModel):
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    current_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "name"], name="label_set_name_once")]

    def __str__(self) -> str:
        return self.name


class LabelSetVersion(TenantModel):
    """`categories`: [{index 1..255, name, color "#rrggbb", key, description}], in the order people see them."""

    label_set = TenantForeignKey(LabelSet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    categories = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "label_set", "number"], name="label_set_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
