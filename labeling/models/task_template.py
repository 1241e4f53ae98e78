"""Task templates: what the labeler is told and may use, in versions that never change."""

from django.db import models

from maskwright.core.models import TenantForeignKey, TenantModel


class TaskTemplate(TenantModel):
    name = models.CharField(max_length=100)
    current_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "name"], name="task_template_name_once")]

    def __str__(self) -> str:
        return self.name


class TaskTemplateVersion(TenantModel):
    """`tools`: names of editor tools. `time_limit_seconds`: for one assignment, 30 to 28,800.

    `source`: the page in Liquid that labelers are shown (docs/task-templates.md); without it, our own editor.
    """

    task_template = TenantForeignKey(TaskTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=128)
    instructions = models.TextField(blank=True)
    source = models.TextField(default="", db_default="", blank=True)
    tools = models.JSONField(default=list)
    time_limit_seconds = models.PositiveIntegerField(default=3600)
    allow_empty = models.BooleanField(default=True)
    allow_impossible = models.BooleanField(default=True)
    require_full_coverage = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "task_template", "number"], name="template_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
