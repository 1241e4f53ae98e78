"""A job's results as streams: the output manifest's lines, and everything as one zip.

Streams outlive the request's scope, so each page of rows opens one of its own; bytes are read between them.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from labeling.exports import ExportItem, ExportJob, get_formats, mask_path, stream_zip
from labeling.manifests import (
    ConsolidationFacts,
    Label,
    LabelClass,
    Verification,
    write_record,
    write_unlabeled,
    write_verification,
)
from labeling.models import ConsolidatedAnnotation, DataObject, LabelingJob
from labeling.selectors.jobs import JobDetail
from labeling.states import TaskState, TaskType
from maskwright.core.objects import ObjectStoreError, blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope

_PAGE = 500


@dataclass(frozen=True)
class Result:
    """A data object, and its consolidated label with the mask's sha256; None and "" without one. A verification's label
    has no mask of its own."""

    item: DataObject
    label: Label | Verification | None = None
    sha256: str = ""

    def line(self, mask_ref: str | None = None) -> bytes:
        """Its line of the output manifest, with the mask at its address in the output location or at another one."""
        if self.label is None:
            return write_unlabeled(self.item.line)
        if isinstance(self.label, Verification):
            return write_verification(self.item.line, self.label)
        label = self.label if mask_ref is None else replace(self.label, mask_ref=mask_ref)
        return write_record(self.item.line, label)


def results(job: LabelingJob) -> Iterator[Result]:
    """Every data object in order; opens its own scopes."""
    last = -1
    while page := _page(job, last):
        yield from page
        last = page[-1].item.index


def _page(job: LabelingJob, last: int) -> list[Result]:
    with organization_scope(job.organization_id):
        items = list(DataObject.objects.filter(job_id=job.pk, index__gt=last).order_by("index")[:_PAGE])
        rows = ConsolidatedAnnotation.objects.select_related("task").filter(
            task__data_object__in=[item.pk for item in items], is_current=True, task__state=TaskState.DONE
        )
        found: dict[uuid.UUID, ConsolidatedAnnotation] = {row.task.data_object_id: row for row in rows}
        return [_result(job, item, found.get(item.pk)) for item in items]


def _result(job: LabelingJob, item: DataObject, consolidated: ConsolidatedAnnotation | None) -> Result:
    if consolidated is None:
        return Result(item)
    if job.task_type == TaskType.VERIFICATION:
        return Result(item, _verification(job, consolidated))
    return Result(item, output_label(job, consolidated), consolidated.sha256)


def output_record(job: LabelingJob, line: str, consolidated: ConsolidatedAnnotation) -> bytes:
    """The output manifest's line of an object that is done."""
    if job.task_type == TaskType.VERIFICATION:
        return write_verification(line, _verification(job, consolidated))
    return write_record(line, output_label(job, consolidated))


def _verification(job: LabelingJob, consolidated: ConsolidatedAnnotation) -> Verification:
    verdict = consolidated.details["verdict"]
    return Verification(
        attribute=job.label_attribute_name,
        number=verdict["number"],
        class_name=verdict["name"],
        confidence=consolidated.confidence,
        comments=verdict["comments"],
        created_at=consolidated.creation_date,
        job_name=job.name,
        rule=consolidated.rule,
        annotators=consolidated.details["annotators"],
    )


def output_label(job: LabelingJob, consolidated: ConsolidatedAnnotation) -> Label:
    details = consolidated.details
    rule, _, version = consolidated.rule.partition("/")
    return Label(
        attribute=job.label_attribute_name,
        mask_ref=consolidated.mask_uri,
        classes={c["index"]: LabelClass(c["name"], c["color"]) for c in details["categories"]},
        confidence=consolidated.confidence,
        created_at=consolidated.creation_date,
        job_name=job.name,
        is_adjusted=details.get("adjusted"),
        more=details.get("metadata", {}),
        facts=ConsolidationFacts(
            rule=rule,
            rule_version=version,
            annotators=tuple(details["annotators"]),
            class_agreement={int(index): value for index, value in details["class_agreement"].items()},
            disputed_share=details["disputed_share"],
            raster_sha256=consolidated.raster_sha256,
        ),
    )


def manifest_stream(job: LabelingJob) -> Iterator[bytes]:
    """The output manifest as it stands now, a page of lines at a time."""
    pieces: list[bytes] = []
    for result in results(job):
        pieces.append(result.line())
        if len(pieces) == _PAGE:
            yield b"".join(pieces)
            pieces = []
    yield b"".join(pieces)


def archive_stream(detail: JobDetail) -> Iterator[bytes]:
    """One zip: manifest, indexed PNG, colour PNG, COCO. One mask is in memory at a time."""
    job = detail.job
    classes = {entry["index"]: LabelClass(entry["name"], entry["color"]) for entry in detail.revision.categories}
    created_at = job.ended_at or job.started_at or job.created_at
    export = ExportJob(name=job.name, classes=classes, created_at=created_at, input_uri=job.input_uri)
    # A verification made no masks of its own: its labels are in the manifest.
    formats = get_formats(("manifest",)) if job.task_type == TaskType.VERIFICATION else get_formats()
    return stream_zip((_export_item(job, result) for result in results(job)), export, formats)


def _export_item(job: LabelingJob, result: Result) -> ExportItem:
    def read_mask() -> bytes:
        try:
            return blob_store().get(blob_key(job.organization_id, result.sha256))
        except ObjectStoreError as error:  # exports know files, not storages; the archive lists it
            raise OSError(error.message) from error

    item = result.item
    return ExportItem(
        index=item.index,
        source_ref=item.source_ref,
        width=item.width or 0,
        height=item.height or 0,
        record=result.line(mask_path(item.index, item.source_ref)),
        unlabeled=write_unlabeled(item.line) if result.sha256 else result.line(),
        read_mask=read_mask if result.sha256 else None,
    )
