"""First pass: lines become data objects, 500 to a transaction."""

from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from labeling.errors import IntakeInterrupted
from labeling.manifests import Subset, read_patterns
from labeling.models import DataObject, LabelingJob
from labeling.services.intake.context import IntakeRun
from labeling.services.intake.counts import Counts
from labeling.services.intake.sources import InputLine, ManifestSource, PrefixSource, Source
from labeling.storage import Resolver, parse_address
from maskwright.core.scope import organization_scope

CHUNK = 500
ALL_READ = "all read"  # cursor of an input that was read to its end


def read_input(run: IntakeRun) -> bool:
    """Read what is left of the input; False when the run hands over before its end.

    A run that was overtaken by another raises IntakeInterrupted.
    """
    with organization_scope(run.organization_id):
        job = run.locked_job()
        if job.intake_cursor == ALL_READ:
            return True
        source = _open_source(run, job)
    taken, cursor = job.intake_lines, job.intake_cursor
    lines = source.lines(taken=taken, cursor=cursor)
    while chunk := list(islice(lines, CHUNK)):
        taken = _write_chunk(run, chunk, taken)
        if run.is_over():
            return False
    with organization_scope(run.organization_id):
        job = run.locked_job()
        LabelingJob.objects.filter(pk=job.pk).update(intake_cursor=ALL_READ)
        run.chunk_written(job)
    return True


def _open_source(run: IntakeRun, job: LabelingJob) -> Source:
    resolver = Resolver()
    if parse_address(job.input_uri).is_prefix:
        return PrefixSource(resolver.list_objects(job.input_uri), leave_out=job.output_uri)
    return ManifestSource(resolver.resolve(job.input_uri), job.label_attribute_name, run)


def _write_chunk(run: IntakeRun, chunk: list[InputLine], taken: int) -> int:
    last = chunk[-1]
    counts = Counts()
    with organization_scope(run.organization_id):
        job = run.locked_job()
        if job.intake_lines != taken:
            raise IntakeInterrupted(_("Another run of this intake has gone further."))
        DataObject.objects.bulk_create(list(_objects(job, chunk, counts)))
        LabelingJob.objects.filter(pk=job.pk).update(
            intake_lines=last.number, intake_cursor=last.cursor, preflight=counts.added_to(job.preflight)
        )
        run.chunk_written(job)
    return last.number


def _objects(job: LabelingJob, chunk: list[InputLine], counts: Counts) -> Iterator[DataObject]:
    subset = Subset(read_patterns(job.input_filter), job.sample_percent, seed=str(job.pk))
    for line in chunk:
        counts.warnings.update(line.warnings)
        counts.left_out += line.left_out
        if not line.is_object:
            continue
        if not subset.takes(line.source_ref):
            counts.not_chosen += 1
            continue
        if line.code:
            counts.reasons[line.code] += 1
        yield DataObject(
            organization_id=job.organization_id,
            job_id=job.pk,
            work_queue_id=job.work_queue_id,
            index=line.number - 1,
            source_ref=line.source_ref,
            line=line.text,
            problem_code=line.code,
            problem=line.message[:500],
        )
