"""Manifests in and out, and what DescribeLabelingJob costs, on a job of a million objects.

`python benchmarks/bench_manifest.py [LINES OBJECTS]` (100,000 1,000,000): with so many lines the reader alone, intake's
first pass, by which each line becomes a row, and the output manifest of a job whose objects are all labeled; then
signed Describe calls, through Django's test client, for a job of ten objects and for one of so many. Beside the time it
took stands that of the processor in this process alone (without PostgreSQL's), which other work on the machine changes
less. Ends with 1 when the large job's median is three times the small one's.
"""

import json
import resource
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from labeling.manifests import ManifestLine, bounded_lines, read_manifest  # noqa: E402
from labeling.models import DataObject, LabelingJob  # noqa: E402
from labeling.services.intake.context import IntakeRun  # noqa: E402
from labeling.services.intake.reading import read_input  # noqa: E402
from labeling.services.publishing import publish_job  # noqa: E402
from labeling.states import JobState  # noqa: E402
from maskwright.core.models import OutboxMessage  # noqa: E402
from maskwright.core.objects import blob_store  # noqa: E402
from maskwright.core.scope import organization_scope  # noqa: E402
from tests.factories.aws import Aws, aws_client  # noqa: E402
from tests.factories.inputs import order_job  # noqa: E402
from tests.factories.jobs import CATEGORIES  # noqa: E402
from tests.plugins.cast import Company, make_company  # noqa: E402

CALLS, FACTOR = 300, 3.0
#: Rows that intake's second pass, labelers and consolidation would make: only how many there are counts here. The
#: counts are kept by a trigger on each row, which for a million rows in one transaction is not what is measured.
_FILL = (
    "ALTER TABLE labeling_dataobject NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_labelingjob NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_task NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_jobcount NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_consolidatedannotation NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE workforce_workitem NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_task DISABLE TRIGGER task_counted_new",
    """INSERT INTO labeling_dataobject (id, organization_id, created_at, job_id, work_queue_id, index, source_ref, line,
         problem_code, problem, format, image_sha256, prior_sha256, prior_raster_sha256, prior_categories)
       SELECT gen_random_uuid(), organization_id, now(), id, work_queue_id, n, 's3://photos/' || n,
         '{"source-ref":"s3://photos/' || n || '"}', '', '', '', '', '', '', '[]'
       FROM labeling_labelingjob, generate_series(0, %(made)s - 1) AS n WHERE id = %(job)s""",
    """INSERT INTO workforce_workitem (id, organization_id, created_at, work_queue_id, position, labelers_wanted, stage,
         round, state) SELECT id, organization_id, now(), work_queue_id, index, 1, 'label', 1, 'done'
       FROM labeling_dataobject WHERE job_id = %(job)s""",
    """INSERT INTO labeling_task (id, organization_id, created_at, job_id, work_queue_id, data_object_id, work_item_id,
         state, generation, failure_code, failure_reason)
       SELECT id, organization_id, now(), job_id, work_queue_id, id, id, 'done', 1, '', ''
       FROM labeling_dataobject WHERE job_id = %(job)s""",
    """INSERT INTO labeling_consolidatedannotation (id, organization_id, created_at, job_id, task_id, generation,
         is_current, rule, annotation_ids, sha256, raster_sha256, disagreement_sha256, mask_uri, confidence, details,
         creation_date)
       SELECT id, organization_id, now(), job_id, id, 1, true, 'single/1', '[]', repeat('0', 64), repeat('0', 64), '',
         'maskwright://output/large/annotations/consolidated-annotation/output/' || index || '_x.png', 0.0,
         %(details)s::jsonb, now() FROM labeling_dataobject WHERE job_id = %(job)s""",
    """INSERT INTO labeling_jobcount (id, organization_id, job_id, work_queue_id, shard, done, failed)
       SELECT gen_random_uuid(), organization_id, job_id, work_queue_id, 0, count(*), 0
       FROM labeling_dataobject WHERE job_id = %(job)s GROUP BY organization_id, job_id, work_queue_id""",
    "ALTER TABLE labeling_task ENABLE TRIGGER task_counted_new",
    "ALTER TABLE labeling_dataobject FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_labelingjob FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_task FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_jobcount FORCE ROW LEVEL SECURITY",
    "ALTER TABLE labeling_consolidatedannotation FORCE ROW LEVEL SECURITY",
    "ALTER TABLE workforce_workitem FORCE ROW LEVEL SECURITY",
)


def memory() -> int:
    """The most this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class Rate:
    """A context manager: how many lines a second what it holds has gone through."""

    def __init__(self, name: str, lines: int) -> None:
        self.name, self.lines = name, lines

    def __enter__(self) -> None:
        self.began, self.worked = time.perf_counter(), time.process_time()

    def __exit__(self, *exception: object) -> None:
        seconds, worked = time.perf_counter() - self.began, time.process_time() - self.worked
        print(
            f"{self.name:<42} {self.lines:>8,} lines in {seconds:6.1f} s: {self.lines / seconds:>8,.0f} lines/s "
            f"(processor {worked:5.1f} s), peak {memory()} MB"
        )


def write_manifest(file: BinaryIO, objects: int) -> None:
    for number in range(objects):
        line = {"source-ref": f"s3://photos/street/{number:07}.jpg", "split": "train", "camera": {"id": number % 7}}
        file.write(json.dumps(line).encode() + b"\n")
    file.seek(0)


def read_alone(file: BinaryIO, objects: int) -> None:
    with Rate("Reading and checking", objects):
        found = sum(isinstance(one, ManifestLine) for one in read_manifest(bounded_lines(file)))
    assert found == objects


def make_job(company: Company, name: str, file: BinaryIO) -> LabelingJob:
    """A job whose input is the file, read into rows; no photo is fetched."""
    file.seek(0)
    blob_store().put_file(f"org/{company.id}/output/{name}.manifest", file)
    return order_job(company, f"maskwright://output/{name}.manifest", name=name, number_of_labelers=1)


def take_in(company: Company, job: LabelingJob, objects: int) -> None:
    with organization_scope(company.id):
        message = OutboxMessage.objects.get(topic="job.intake", payload__job_id=str(job.pk))
    with Rate("Intake: each line a row, 500 a transaction", objects):
        while not read_input(IntakeRun(company.id, message.pk, job.pk)):
            pass
    with organization_scope(company.id):
        assert DataObject.objects.filter(job=job).count() == objects


def fill(company: Company, job: LabelingJob, objects: int, *, made: int) -> None:
    """As if every object had been labeled; `made` of them are made here, without an intake."""
    details = {
        "class_agreement": {},
        "disputed_share": 0.0,
        "annotators": ["w-1"],
        "categories": CATEGORIES,
        "adjusted": None,
    }
    with connections["owner"].cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, {"job": job.pk, "made": made, "details": json.dumps(details)})
        cursor.execute("ANALYZE")
    with organization_scope(company.id):
        LabelingJob.objects.filter(pk=job.pk).update(preflight={"usable": objects}, state=JobState.IN_PROGRESS)


def publish(company: Company, job: LabelingJob, objects: int) -> None:
    with Rate("Output manifest, written whole", objects):
        publish_job(organization_id=company.id, job_id=job.pk)
    written = blob_store().get(f"org/{company.id}/output/{job.name}/manifests/output/output.manifest")
    assert written.count(b"\n") == objects


def describe(aws: Aws, job: LabelingJob, objects: int) -> float:
    found: dict[str, Any] = aws.ok("DescribeLabelingJob", LabelingJobName=job.name)
    assert found["LabelCounters"]["TotalLabeled"] == objects
    seconds = []
    for _ in range(CALLS):
        before = time.perf_counter()
        aws.ok("DescribeLabelingJob", LabelingJobName=job.name)
        seconds.append(time.perf_counter() - before)
    print(environment.row(f"Describe, {objects:,} objects", seconds))
    return environment.quantile(seconds, 0.5)


def main() -> int:
    lines, objects = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (100_000, 1_000_000)
    settings.SAGEMAKER_RATE = 10_000
    company = make_company(f"Acme {uuid.uuid4().hex[:4]}")
    aws = aws_client(company)
    with tempfile.TemporaryFile() as file:
        write_manifest(file, lines)
        read_alone(file, lines)
        job = make_job(company, "lines", file)
        take_in(company, job, lines)
        fill(company, job, lines, made=0)
        publish(company, job, lines)
    medians = []
    for name, count in (("small", 10), ("large", objects)):
        with tempfile.TemporaryFile() as file:
            write_manifest(file, 1)
            job = make_job(company, name, file)
        fill(company, job, count, made=count)
        medians.append(describe(aws, job, count))
    return int(medians[1] > FACTOR * medians[0])


if __name__ == "__main__":
    sys.exit(main())
