"""The output manifest: one line per input line, written whole under its key, again and again while the job runs."""

import tempfile
import uuid
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from labeling.manifests import ConsolidationFacts, Label, LabelClass, OutputKeys, write_record, write_unlabeled
from labeling.models import ConsolidatedAnnotation, DataObject, LabelingJob, Task
from labeling.services.consolidation import output_address
from labeling.services.jobs import advance_job
from labeling.states import JobState, TaskState
from labeling.storage import Resolver
from maskwright.core.scope import organization_scope
from workforce.services.queues import locked_queue

_CHUNK = 1000


def manifest_lines(job: LabelingJob) -> Iterator[bytes]:
    """The lines of the output manifest, in input order, read in chunks. Needs an open scope while it runs."""
    last = -1
    while True:
        objects = list(
            DataObject.objects.filter(job=job, index__gt=last).order_by("index").only("index", "line", "job")[:_CHUNK]
        )
        if not objects:
            return
        found = {
            consolidated.task.data_object_id: consolidated
            for consolidated in ConsolidatedAnnotation.objects.select_related("task").filter(
                task__data_object__in=[item.pk for item in objects], is_current=True, task__state=TaskState.DONE
            )
        }
        for item in objects:
            consolidated = found.get(item.pk)
            if consolidated is None:
                yield write_unlabeled(item.line)
            else:
                yield write_record(item.line, output_label(job, consolidated))
        last = objects[-1].index


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


def output_manifest_uri(job: LabelingJob) -> str:
    return output_address(job.output_uri, OutputKeys(job.name).output_manifest())


def publish_job(*, organization_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Write the output manifest as it stands. Two runs at once write the same lines; the file changes in one step."""
    with tempfile.TemporaryFile() as file:
        with organization_scope(organization_id):
            job = LabelingJob.objects.get(pk=job_id)
            with connection.cursor() as cursor:
                # One snapshot for all chunks would hold back vacuum on a big job; lines are independent of each other.
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
            for line in manifest_lines(job):
                file.write(line)
            location = Resolver().resolve_output(output_manifest_uri(job))
        file.seek(0)
        location.store.put_file(location.key, file, content_type="application/jsonl")
    with organization_scope(organization_id):
        LabelingJob.objects.filter(pk=job_id).update(manifest_written_at=timezone.now())


def finish_job(*, job_id: uuid.UUID) -> bool:
    """Complete a job whose every task has ended and whose intake is done."""
    job = LabelingJob.objects.filter(pk=job_id).first()
    if job is None:
        return False
    locked_queue(job.work_queue_id)  # first, as in advance_job: the order of locks is queue, then job
    job.refresh_from_db()
    if job.state != JobState.IN_PROGRESS or job.intake_done_at is None:
        return False
    running = Task.objects.filter(
        job=job, state__in=[TaskState.WAITING, TaskState.OPEN, TaskState.CONSOLIDATING]
    ).exists()
    if running:
        return False
    advance_job(job=job, to=JobState.COMPLETED)
    return True
