"""A job's results as streams: the output manifest's lines, and everything as one zip.

Streams outlive the request's scope, so each page of rows opens one of its own; bytes are read between them.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from labeling.exports import ExportItem, ExportJob, get_formats, mask_path, stream_zip
from labeling.manifests import ConsolidationFacts, Label, LabelClass, write_record, write_unlabeled
from labeling.models import ConsolidatedAnnotation, DataObject, LabelingJob
from labeling.selectors.jobs import JobDetail
from labeling.states import TaskState
from maskwright.core.objects import ObjectStoreError, blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope

_PAGE = 500


@dataclass(frozen=True)
class Result:
    """A data object, and its consolidated label with the mask's sha256; None and "" without one."""

    item: DataObject
    label: Label | None = None
    sha256: str = ""

    def line(self, mask_ref: str | None = None) -> bytes:
        """Its line of the output manifest, with the mask at its address in the output location or at another one."""
        if self.label is None:
            return write_unlabeled(self.item.line)
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
    return Result(item, output_label(job, consolidated), consolidated.sha256)


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
    return stream_zip((_export_item(job, result) for result in results(job)), export, get_formats())


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
        unlabeled=write_unlabeled(item.line),
        read_mask=read_mask if result.sha256 else None,
    )
