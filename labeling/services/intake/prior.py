"""What an adjustment or verification begins with: the earlier label of each photo, read and judged with the photo."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labeling.manifests import ManifestLine, PriorLabel, PriorLabelError, prior_label, prior_raster, read_line
from labeling.masks import Palette, encode_mask, max_mask_bytes, sha256
from labeling.models import JobRevision, LabelingJob
from labeling.states import TaskType
from labeling.storage import Location, Resolver
from maskwright.core.errors import DomainError
from maskwright.core.objects import ObjectMissing, ObjectStoreError

#: Errors of one mask, not of the storage: asking again would give the same answer.
_OF_THE_MASK = {"storage_refused", "bad_key", "too_large"}


@dataclass(frozen=True)
class PriorMask:
    """The earlier mask in the job's indices; `categories` are those of the mask where the job's own are verdicts."""

    png: bytes
    sha256: str
    raster_sha256: str
    categories: list[dict[str, Any]]


@dataclass(frozen=True)
class PriorPlan:
    """How the earlier labels of a job's lines are read; needs no scope any more."""

    attribute: str
    #: The job's own classes, {name: category}; none in a verification.
    categories: dict[str, dict[str, Any]]

    def label_of(self, line_text: str) -> PriorLabel | PriorLabelError:
        line = read_line(1, line_text.encode())
        if not isinstance(line, ManifestLine):
            return PriorLabelError("bad_prior_label", "")
        try:
            return prior_label(line, self.attribute)
        except PriorLabelError as error:
            return error

    def take(self, label: PriorLabel, png: bytes, *, width: int, height: int) -> PriorMask:
        """Raises PriorLabelError."""
        own = {category["name"]: category for category in self.categories.values()} or _shown(label)
        indices = {name: category["index"] for name, category in own.items()}
        raster = prior_raster(png, label, width=width, height=height, indices=indices)
        palette = Palette({category["index"]: category["color"] for category in own.values()})
        body = encode_mask(raster, palette)
        return PriorMask(body, sha256(body), raster.sha256(), [] if self.categories else list(own.values()))


def _shown(label: PriorLabel) -> dict[str, dict[str, Any]]:
    """The classes of the mask itself, by the colours its map gives them."""
    return {
        one.name: {"index": index, "name": one.name, "color": one.color, "key": "", "description": ""}
        for index, one in sorted(label.classes.items())
    }


@dataclass(frozen=True)
class PriorSource:
    """The earlier label of one photo and where its mask lies, or why there is none."""

    plan: PriorPlan
    label: PriorLabel | PriorLabelError
    location: Location | DomainError | None

    def read(self, *, width: int, height: int) -> PriorMask:
        """Raises PriorLabelError, and ObjectStoreError while the storage does not answer."""
        if isinstance(self.label, PriorLabelError):
            raise self.label
        if not isinstance(self.location, Location):
            message = self.location.message if self.location else ""
            raise PriorLabelError("no_prior_mask", message)
        try:
            png = self.location.get(max_bytes=max_mask_bytes(width, height))
        except ObjectMissing as error:
            raise PriorLabelError("no_prior_mask", error.message) from None
        except ObjectStoreError as error:
            if error.error_code not in _OF_THE_MASK:
                raise
            raise PriorLabelError("bad_prior_mask", error.message) from None
        return self.plan.take(self.label, png, width=width, height=height)


def prior_plan(job_id: uuid.UUID) -> PriorPlan | None:
    """None for a job that begins with nothing. Call it in the job's scope."""
    job = LabelingJob.objects.get(pk=job_id)
    if job.task_type == TaskType.SEGMENTATION:
        return None
    if job.task_type == TaskType.VERIFICATION:
        return PriorPlan(job.prior_attribute_name, {})
    revision = JobRevision.objects.get(job=job, number=job.revision)
    return PriorPlan(job.prior_attribute_name, {category["name"]: category for category in revision.categories})


def prior_sources(plan: PriorPlan | None, resolver: Resolver, lines: Sequence[str]) -> list[PriorSource | None]:
    """Of each line; nothing but Nones where there is no plan. Call it in the job's scope."""
    if plan is None:
        return [None] * len(lines)
    labels = [plan.label_of(line) for line in lines]
    places = resolver.resolve_many([one.mask_ref for one in labels if isinstance(one, PriorLabel)])
    return [
        PriorSource(plan, label, places[label.mask_ref] if isinstance(label, PriorLabel) else None) for label in labels
    ]
