"""Second pass: photos are fetched and judged; usable ones get a work item and a task in the same transaction, or are
first told to the job's pre-annotation function.

Memory: at most `_THREADS` files of IMAGE_MAX_BYTES at a time; pixels are decoded in a limited child process.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat

from django.conf import settings
from django.utils.translation import gettext_noop

from labeling.images import ImageError, ImageFacts, inspect_image, missing, verify_decodes
from labeling.manifests import PriorLabelError
from labeling.models import DataObject, LabelingJob
from labeling.services.blobs import keep_blobs
from labeling.services.intake.context import IntakeRun
from labeling.services.intake.counts import Counts
from labeling.services.intake.preannotation import take_on
from labeling.services.intake.prior import PriorMask, PriorPlan, PriorSource, prior_plan, prior_sources
from labeling.services.thumbnails import SIDE, keep_thumbnail
from labeling.storage import Location, Resolver
from maskwright.core.errors import DomainError
from maskwright.core.objects import ObjectMissing, ObjectStoreError
from maskwright.core.scope import organization_scope

CHUNK = 32
_THREADS = 4
_TRIES = 3
#: Errors of one object, not of the storage: asking again would give the same answer.
_OF_THE_OBJECT = {"storage_refused", "bad_key"}


@dataclass(frozen=True)
class Verdict:
    """`facts` of a usable photo, or `code` and `message` of why it is not; `prior`: the label it begins with."""

    facts: ImageFacts | None = None
    prior: PriorMask | None = None
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class _Candidate:
    object_id: uuid.UUID
    index: int
    source_ref: str
    location: Location | DomainError
    prior: PriorSource | None


def check_photos(run: IntakeRun) -> bool:
    """Judge all data objects that have no verdict yet, in order; False when the run hands over before the last.

    Raises ObjectStoreError when the storage is down.
    """
    with organization_scope(run.organization_id):
        resolver = Resolver()
        plan = prior_plan(run.job_id)
    after = -1
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="photos") as pool:
        while candidates := _next(run, resolver, plan, after):
            verdicts = []
            owner = repeat(run.organization_id)
            places, names = [c.location for c in candidates], [c.source_ref for c in candidates]
            for verdict in pool.map(judge, owner, places, names, [c.prior for c in candidates]):
                verdicts.append(verdict)
                run.beat()
            _write_chunk(run, dict(zip([c.object_id for c in candidates], verdicts, strict=True)))
            after = candidates[-1].index
            if run.is_over():
                return False
    return True


def judge(
    organization_id: uuid.UUID, location: Location | DomainError, source_ref: str, prior: PriorSource | None = None
) -> Verdict:
    """Fetch and judge one photo and the label it begins with, in any thread; its thumbnail is kept, since it is decoded
    anyway.

    Raises ObjectStoreError when the storage does not answer.
    """
    if isinstance(location, DomainError):
        return Verdict(code=location.error_code, message=location.message)
    try:
        data = _fetch(location, source_ref)
        facts = inspect_image(
            data, name=source_ref, max_bytes=settings.IMAGE_MAX_BYTES, max_side=settings.IMAGE_MAX_SIDE
        )
        jpeg = verify_decodes(data, thumbnail_side=SIDE)
        mask = prior.read(width=facts.width, height=facts.height) if prior else None
    except ImageError as error:
        return Verdict(code=error.code, message=error.message)
    except PriorLabelError as error:
        return Verdict(code=error.code, message=str(error))
    except ObjectStoreError as error:
        if error.error_code not in _OF_THE_OBJECT:
            raise
        return Verdict(code=error.error_code, message=error.message)
    keep_thumbnail(organization_id, facts.sha256, jpeg)
    return Verdict(facts, mask)


def _fetch(location: Location, source_ref: str) -> bytes:
    """The bytes, asked for up to `_TRIES` times. Size first: some stores fetch the whole object whatever is read."""
    limit = settings.IMAGE_MAX_BYTES
    for attempt in range(1, _TRIES + 1):
        try:
            if location.store.size(location.key) > limit:
                break
            return location.get(max_bytes=limit)
        except ObjectMissing:
            raise missing(source_ref) from None
        except ObjectStoreError as error:
            if error.error_code == "too_large":
                break
            if error.error_code in _OF_THE_OBJECT or attempt == _TRIES:
                raise
    message = gettext_noop("The file is larger than %(limit)s MB. Compress or scale it.") % {
        "limit": limit // (1024 * 1024)
    }
    raise ImageError("too_many_bytes", message)


def _next(run: IntakeRun, resolver: Resolver, plan: PriorPlan | None, after: int) -> list[_Candidate]:
    with organization_scope(run.organization_id):
        rows = list(
            DataObject.objects.filter(job_id=run.job_id, problem_code="", image_sha256="", index__gt=after)
            .order_by("index")
            .values_list("id", "index", "source_ref", *(["line"] if plan else []))[:CHUNK]
        )
        locations = resolver.resolve_many([ref for _, _, ref, *_line in rows])
        priors = prior_sources(plan, resolver, [row[-1] for row in rows])
    return [
        _Candidate(identity, index, ref, locations[ref], prior)
        for (identity, index, ref, *_line), prior in zip(rows, priors, strict=True)
    ]


def _write_chunk(run: IntakeRun, verdicts: dict[uuid.UUID, Verdict]) -> None:
    counts = Counts()
    with organization_scope(run.organization_id):
        masks = [verdict.prior.png for verdict in verdicts.values() if verdict.prior]
        keep_blobs(run.organization_id, masks, content_type="image/png")
        job = run.locked_job()
        # Those another run judged meanwhile are left as they are.
        rows = list(
            DataObject.objects.filter(pk__in=verdicts, problem_code="", image_sha256="")
            .defer("line")
            .select_for_update()
            .order_by("index")
        )
        usable = []
        for row in rows:
            if _judged(row, verdicts[row.pk]):
                counts.usable += 1
                usable.append(row)
            else:
                counts.reasons[row.problem_code] += 1
        DataObject.objects.bulk_update(rows, _VERDICT_FIELDS)
        take_on(job, usable)
        LabelingJob.objects.filter(pk=job.pk).update(preflight=counts.added_to(job.preflight))
        run.chunk_written(job)


_PRIOR_FIELDS = ["prior_sha256", "prior_raster_sha256", "prior_categories"]
_VERDICT_FIELDS = ["problem_code", "problem", "format", "width", "height", "bytes", "image_sha256", *_PRIOR_FIELDS]


def _judged(row: DataObject, verdict: Verdict) -> bool:
    """Set what was found out about a photo; whether it can be used."""
    row.problem_code, row.problem = verdict.code, verdict.message[:500]
    if verdict.facts is None:
        return False
    row.format, row.width, row.height = verdict.facts.format, verdict.facts.width, verdict.facts.height
    row.bytes, row.image_sha256 = verdict.facts.bytes, verdict.facts.sha256
    if verdict.prior is not None:
        row.prior_sha256, row.prior_raster_sha256 = verdict.prior.sha256, verdict.prior.raster_sha256
        row.prior_categories = verdict.prior.categories
    return True


def accept_photo(job: LabelingJob, row: DataObject, verdict: Verdict) -> None:
    """A new verdict about one photo that the caller has locked; when it can be used, it becomes a task."""
    if verdict.prior is not None:
        keep_blobs(job.organization_id, [verdict.prior.png], content_type="image/png")
    usable = _judged(row, verdict)
    row.save(update_fields=_VERDICT_FIELDS)
    if usable:
        take_on(job, [row])
