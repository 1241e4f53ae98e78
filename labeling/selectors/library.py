"""Label sets, task templates, uploads and connections of the organization in scope."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _

from labeling.models import (
    LabelSet,
    LabelSetVersion,
    StorageConnection,
    TaskTemplate,
    TaskTemplateVersion,
    Upload,
    UploadedFile,
)
from labeling.models.upload import UploadPurpose
from maskwright.core.errors import NotFound


@dataclass(frozen=True)
class LabelSetRow:
    label_set: LabelSet
    version: LabelSetVersion


def label_set_list() -> QuerySet[LabelSet]:
    return LabelSet.objects.order_by("name")


def label_set_rows(label_sets: Sequence[LabelSet]) -> list[LabelSetRow]:
    """Each with its newest version, in one further statement."""
    versions = LabelSetVersion.objects.filter(label_set__in=label_sets, number=F("label_set__current_number"))
    found = {version.label_set_id: version for version in versions}
    return [LabelSetRow(label_set, found[label_set.pk]) for label_set in label_sets]


def label_set_detail(label_set_id: uuid.UUID) -> LabelSetRow:
    label_set = LabelSet.objects.filter(pk=label_set_id).first()
    if label_set is None:
        raise NotFound(_("There is no such label set."))
    return label_set_rows([label_set])[0]


@dataclass(frozen=True)
class TemplateRow:
    template: TaskTemplate
    version: TaskTemplateVersion


def template_list() -> QuerySet[TaskTemplate]:
    return TaskTemplate.objects.order_by("name")


def template_rows(templates: Sequence[TaskTemplate]) -> list[TemplateRow]:
    """Each with its newest version, in one further statement."""
    versions = TaskTemplateVersion.objects.filter(
        task_template__in=templates, number=F("task_template__current_number")
    )
    found = {version.task_template_id: version for version in versions}
    return [TemplateRow(template, found[template.pk]) for template in templates]


def template_detail(task_template_id: uuid.UUID) -> TemplateRow:
    template = TaskTemplate.objects.filter(pk=task_template_id).first()
    if template is None:
        raise NotFound(_("There is no such task template."))
    return template_rows([template])[0]


def connection_list() -> QuerySet[StorageConnection]:
    return StorageConnection.objects.defer("credentials").order_by("name")


def connection_detail(connection_id: uuid.UUID) -> StorageConnection:
    found: StorageConnection | None = StorageConnection.objects.filter(pk=connection_id).first()
    if found is None:
        raise NotFound(_("There is no such storage connection."))
    return found


def upload_list() -> QuerySet[Upload]:
    """Folders of photos, newest first, each with `file_count` and `total_bytes` (null while empty)."""
    return _counted_uploads().filter(purpose=UploadPurpose.PHOTOS)


def _counted_uploads() -> QuerySet[Upload]:
    return Upload.objects.annotate(file_count=Count("files"), total_bytes=Sum("files__bytes")).order_by(
        "-created_at", "-id"
    )


def upload_detail(upload_id: uuid.UUID) -> Upload:
    upload = _counted_uploads().filter(pk=upload_id).first()
    if upload is None:
        raise NotFound(_("There is no such upload."))
    return upload


def upload_files(upload_id: uuid.UUID) -> QuerySet[UploadedFile]:
    """In the order in which they came, so that pages stay the same while files are added."""
    return UploadedFile.objects.filter(upload_id=upload_id).order_by("id")
