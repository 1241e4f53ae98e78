"""What a consolidation needs of the database, read in one short transaction."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from labeling.manifests import OutputKeys
from labeling.masks import MaskRaster, Palette
from labeling.models import Annotation, JobFunctions, JobRevision, LabelingJob, Task
from labeling.services.reviews import repainted_mask
from labeling.states import AnnotationKind, AnnotationState, TaskState, TaskType
from labeling.storage import Location, Resolver
from labeling.storage.outputs import output_address
from workforce.states import Stage


@dataclass(frozen=True)
class Plan:
    """One generation of a task. `at` and `categories` are the generation's own: each run of it writes the same bytes
    under the same keys, however often it is killed and whatever is changed at the job meanwhile."""

    job: LabelingJob
    task_id: uuid.UUID
    work_item_id: uuid.UUID
    generation: int
    at: datetime
    index: int
    source_ref: str
    line: str
    width: int
    height: int
    categories: list[dict[str, Any]]
    answers: list[Annotation]
    prior_sha256: str  # what an adjustment or verification began with; "" elsewhere
    prior_raster_sha256: str
    prior_categories: list[dict[str, Any]]
    repainted: Annotation | None  # a reviewer's mask of this round, which stands instead of the vote
    output: Location
    function_arn: str = ""  # of the consolidation function that is called, where it is no built-in one

    @property
    def organization_id(self) -> uuid.UUID:
        return self.job.organization_id

    @property
    def palette(self) -> Palette:
        return Palette({category["index"]: category["color"] for category in self.categories})

    @property
    def indices(self) -> list[int]:
        return [category["index"] for category in self.categories]

    @property
    def usable(self) -> list[Annotation]:
        kinds = (AnnotationKind.MASK, AnnotationKind.EMPTY, AnnotationKind.CHOICE)
        return [answer for answer in self.answers if answer.kind in kinds]

    @property
    def impossible(self) -> list[Annotation]:
        return [answer for answer in self.answers if answer.kind == AnnotationKind.IMPOSSIBLE]

    @property
    def label_numbers(self) -> dict[str, int]:
        """Of a verification: the labels' numbers from 0, as the output names them."""
        ordered = sorted(self.categories, key=lambda category: int(category["index"]))
        return {category["name"]: number for number, category in enumerate(ordered)}

    @property
    def prior_ref(self) -> str:
        """The address of the mask that was verified."""
        return str(json.loads(self.line)[self.job.prior_attribute_name])

    def is_modified(self, answer: Annotation) -> bool:
        """Of an adjustment: whether an answer changed what it began with."""
        if answer.kind == AnnotationKind.EMPTY:
            return MaskRaster.blank(self.width, self.height).sha256() != self.prior_raster_sha256
        return answer.raster_sha256 != self.prior_raster_sha256

    @property
    def is_adjusted(self) -> bool | None:
        """Whether anybody did; None where it is no adjustment."""
        if self.job.task_type != TaskType.ADJUSTMENT:
            return None
        answers = [*self.usable, *([self.repainted] if self.repainted else [])]
        return any(self.is_modified(answer) for answer in answers)

    @property
    def keys(self) -> OutputKeys:
        return OutputKeys(self.job.name)

    def address(self, key: str) -> str:
        return output_address(self.job.output_uri, key)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write a file of the output tree; a reader sees all of it or nothing."""
        base = self.output.key.rstrip("/")
        self.output.store.put(f"{base}/{key}" if base else key, data, content_type=content_type)


def read_plan(task_id: uuid.UUID) -> Plan | None:
    """The newest generation of a task; None unless it is to be consolidated."""
    task = Task.objects.select_related("data_object", "job").filter(pk=task_id).first()
    if task is None or task.state != TaskState.CONSOLIDATING:
        return None
    job: LabelingJob = task.job
    revision = JobRevision.objects.get(job=job, number=task.consolidation_revision or job.revision)
    answers = Annotation.objects.filter(task=task, stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
    return Plan(
        job=job,
        task_id=task.pk,
        work_item_id=task.work_item_id,
        generation=task.generation,
        at=task.consolidation_at or _begun_now(task),
        index=task.data_object.index,
        source_ref=task.data_object.source_ref,
        line=task.data_object.line,
        width=task.data_object.width,
        height=task.data_object.height,
        categories=revision.categories,
        answers=list(answers.select_related("worker").order_by("submitted_at", "pk")),
        prior_sha256=task.data_object.prior_sha256,
        prior_raster_sha256=task.data_object.prior_raster_sha256,
        prior_categories=task.data_object.prior_categories,
        repainted=repainted_mask(task),
        output=Resolver().resolve_output(job.output_uri),
        function_arn=JobFunctions.objects.filter(job=job).values_list("consolidation_arn", flat=True).first() or "",
    )


def _begun_now(task: Task) -> datetime:
    """For a generation that began before the time was kept."""
    now = timezone.now()
    Task.objects.filter(pk=task.pk, consolidation_at=None).update(consolidation_at=now)
    return now
