"""What the management API sends about data objects, their answers and their history."""

import uuid
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.api.work.outputs import CategoryOutput, ImageOutput, NamedOutput
from labeling.models import Annotation, ConsolidatedAnnotation
from labeling.selectors.objects import ObjectDetail, ObjectRow
from labeling.states import AnnotationKind
from maskwright.core.api.fields import KeptText
from maskwright.core.wording import reword


class ReasonOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class ObjectBase(serializers.Serializer[Any]):
    """`state`: of the task, or `unusable`, or null while the photo was not looked at yet."""

    id = serializers.UUIDField(source="item.pk")
    index = serializers.IntegerField(source="item.index")
    source_ref = serializers.CharField(source="item.source_ref")
    state = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()
    failure = serializers.SerializerMethodField()
    image = serializers.SerializerMethodField()

    def get_state(self, row: ObjectRow | ObjectDetail) -> str | None:
        if row.task is not None:
            return str(row.task.state)
        return "unusable" if row.item.problem_code else None

    @extend_schema_field(ReasonOutput(allow_null=True))
    def get_problem(self, row: ObjectRow | ObjectDetail) -> dict[str, str] | None:
        item = row.item
        return {"code": item.problem_code, "message": reword(item.problem)} if item.problem_code else None

    @extend_schema_field(ReasonOutput(allow_null=True))
    def get_failure(self, row: ObjectRow | ObjectDetail) -> dict[str, str] | None:
        task = row.task
        if task is None or not task.failure_code:
            return None
        return {"code": task.failure_code, "message": reword(task.failure_reason)}

    @extend_schema_field(ImageOutput(allow_null=True))
    def get_image(self, row: ObjectRow | ObjectDetail) -> dict[str, Any] | None:
        item = row.item
        if not item.format:
            return None
        return {"url": reverse("object_image", args=[item.pk]), "width": item.width, "height": item.height}


class ObjectRowOutput(ObjectBase):
    answers = serializers.IntegerField()


class AnnotationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    labeler = serializers.CharField(source="worker.code", help_text="A pseudonym.")
    person = serializers.SerializerMethodField()
    stage = serializers.CharField(help_text="`label`, or `review`: a reviewer's verdict or the mask he made.")
    kind = serializers.CharField()
    content = serializers.DictField()
    state = serializers.CharField()
    round = serializers.IntegerField(help_text="Rises each time the object is given back to its labelers anew.")
    counted = serializers.BooleanField(source="is_counted", help_text="Accepted, not sent back, of no round given up.")
    revision = serializers.IntegerField()
    claimed_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField()
    active_seconds = serializers.FloatField()
    sha256 = serializers.CharField()
    raster_sha256 = serializers.CharField()
    mask_url = serializers.SerializerMethodField()

    def get_person(self, annotation: Annotation) -> str | None:
        """The name, of the organization's own people, for managers; null for others and for a vendor's people."""
        names: dict[uuid.UUID, str] = self.context.get("names", {})
        return names.get(annotation.worker_id)

    def get_mask_url(self, annotation: Annotation) -> str | None:
        return reverse("annotation_mask", args=[annotation.pk]) if annotation.kind == AnnotationKind.MASK else None


class LabelVerdictOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Of the label, from 0, as in the output manifest.")
    name = serializers.CharField()
    comments = serializers.ListField(child=serializers.CharField())


class ConsolidatedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    generation = serializers.IntegerField()
    rule = serializers.CharField()
    confidence = serializers.FloatField()
    class_agreement = serializers.DictField(
        source="details.class_agreement", child=serializers.FloatField(allow_null=True)
    )
    disputed_share = serializers.FloatField(source="details.disputed_share")
    annotators = serializers.ListField(source="details.annotators", child=serializers.CharField())
    categories = CategoryOutput(source="details.categories", many=True)
    sha256 = serializers.CharField()
    raster_sha256 = serializers.CharField()
    mask_uri = serializers.CharField()
    creation_date = serializers.DateTimeField()

    adjusted = serializers.BooleanField(
        source="details.adjusted", default=None, allow_null=True, help_text="Of an adjustment: whether it was changed."
    )
    verdict = LabelVerdictOutput(
        source="details.verdict", default=None, allow_null=True, help_text="Of a verification."
    )


class VersionOutput(serializers.Serializer[Any]):
    """One of the consolidated annotations there ever were."""

    generation = serializers.IntegerField()
    is_current = serializers.BooleanField()
    rule = serializers.CharField()
    confidence = serializers.FloatField()
    creation_date = serializers.DateTimeField()
    mask_url = serializers.SerializerMethodField()

    def get_mask_url(self, version: ConsolidatedAnnotation) -> str:
        return version_url(version)


def version_url(version: ConsolidatedAnnotation) -> str:
    """Where a version's mask is; the selector joined the task."""
    return f"{reverse('object_mask', args=[version.task.data_object_id])}?generation={version.generation}"


class ClaimOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    labeler = serializers.CharField(source="worker.code", help_text="A pseudonym.")
    state = serializers.CharField()
    claimed_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    active_seconds = serializers.FloatField()
    reason = KeptText()
    revision = serializers.IntegerField()


class ObjectOutput(ObjectBase):
    """Everything about one data object. `mask_url`, `disagreement_url`: null without a consolidated annotation."""

    job = NamedOutput(source="item.job")
    line = serializers.CharField(source="item.line")
    bytes = serializers.IntegerField(source="item.bytes", allow_null=True)
    image_sha256 = serializers.CharField(source="item.image_sha256")
    answers = serializers.SerializerMethodField()
    annotations = AnnotationOutput(many=True)
    consolidated = ConsolidatedOutput(allow_null=True)
    versions = VersionOutput(many=True)
    mask_url = serializers.SerializerMethodField()
    disagreement_url = serializers.SerializerMethodField()
    history = ClaimOutput(source="claims", many=True)

    def get_answers(self, detail: ObjectDetail) -> int:
        return sum(annotation.is_counted for annotation in detail.annotations)

    def get_mask_url(self, detail: ObjectDetail) -> str | None:
        return reverse("object_mask", args=[detail.item.pk]) if detail.consolidated else None

    def get_disagreement_url(self, detail: ObjectDetail) -> str | None:
        consolidated = detail.consolidated
        if consolidated is None or not consolidated.disagreement_sha256:
            return None
        return reverse("object_disagreement", args=[detail.item.pk])
