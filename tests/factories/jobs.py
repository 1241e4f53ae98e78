"""A labeling job as intake leaves it, without the intake: photos of one colour in an upload, tasks ready to claim."""

import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from labeling.masks import sha256
from labeling.models import DataObject, JobRevision, LabelingJob, Task, Upload, UploadedFile
from labeling.states import JobState
from maskwright.accounts.models import User
from maskwright.core.ids import uuid7
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company
from workforce.models import TeamMember, Workforce, WorkQueue, WorkTeam
from workforce.services.queues import add_items, create_queue, distribute, move_queue
from workforce.states import QueueState

CATEGORIES = [
    {"index": 1, "name": "cat", "color": "#2ca02c", "key": "1", "description": ""},
    {"index": 2, "name": "cup", "color": "#1f77b4", "key": "2", "description": ""},
    {"index": 3, "name": "vase", "color": "#ff7f0e", "key": "3", "description": ""},
]


@dataclass
class MadeJob:
    job: LabelingJob
    queue: WorkQueue
    team: WorkTeam
    tasks: list[Task]

    @property
    def id(self) -> uuid.UUID:
        return self.job.pk


def photo(width: int, height: int, shade: int = 90) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), (shade, 120, 60)).save(file, "PNG")
    return file.getvalue()


def make_team(company: Company, people: list[User], name: str = "") -> WorkTeam:
    with organization_scope(company.id):
        workforce = Workforce.objects.filter(kind="private").first() or Workforce.objects.create(name="private")
        team = WorkTeam.objects.create(workforce=workforce, name=name or f"team {uuid7().hex[-6:]}")
        TeamMember.objects.bulk_create(
            [TeamMember(organization_id=company.id, work_team=team, user=person) for person in people]
        )
    return team


def make_job(
    company: Company,
    *,
    team: WorkTeam | None = None,
    objects: int = 2,
    labelers: int = 3,
    size: tuple[int, int] = (12, 8),
    start: bool = True,
    categories: list[dict[str, Any]] | None = None,
    window: int = 1000,
    lease_seconds: int = 600,
    time_limit_seconds: int = 3600,
    reviewers: tuple[str, ...] = (),
    review_share: float = 1.0,
    distribution: dict[str, Any] | None = None,
    shade: int = 40,
    **revision: Any,
) -> MadeJob:
    """A job in progress (or ready) with `objects` photos of `size` (width, height) and `labelers` answers wanted.

    With `reviewers`, `review_share` of its results wait for one of them.
    """
    people = [company.people[who] for who in ("labeler", "labeler2", "labeler3")]
    team = team or make_team(company, people)
    review_team = make_team(company, [company.people[who] for who in reviewers]) if reviewers else None
    width, height = size
    with organization_scope(company.id):
        queue = create_queue(
            work_team_id=team.pk,
            window=window,
            labelers_wanted=labelers,
            lease_seconds=lease_seconds,
            time_limit_seconds=time_limit_seconds,
            review_team_id=review_team.pk if review_team else None,
            **(distribution or {}),
        )
        upload = Upload.objects.create(name="photos")
        job = LabelingJob.objects.create(
            name=f"job-{uuid7().hex[-8:]}",
            label_attribute_name="answer-ref",
            state=JobState.IN_PROGRESS if start else JobState.READY,
            input_uri=f"upload://{upload.pk}/",
            output_uri="maskwright://output/",
            work_queue=queue,
            review_share=review_share if reviewers else 0.0,
            intake_done_at="2026-01-01T00:00:00Z",
        )
        JobRevision.objects.create(
            job=job,
            work_queue=queue,
            number=1,
            categories=categories or CATEGORIES,
            title="Paint what you see",
            tools=["brush"],
            **revision,
        )
        made = [_make_object(company, job, queue, upload, index, width, height, shade) for index in range(objects)]
        tasks = [
            Task(organization_id=company.id, job=job, work_queue=queue, data_object=item, work_item_id=uuid7())
            for item in made
        ]
        add_items(queue_id=queue.pk, items=[(task.work_item_id, task.data_object.index) for task in tasks])
        Task.objects.bulk_create(tasks)
        if start:
            queue = move_queue(queue_id=queue.pk, to=QueueState.OPEN)
            distribute(queue_id=queue.pk)
    return MadeJob(job, queue, team, tasks)


def _make_object(
    company: Company,
    job: LabelingJob,
    queue: WorkQueue,
    upload: Upload,
    index: int,
    width: int,
    height: int,
    shade: int,
) -> DataObject:
    data = photo(width, height, (shade + index) % 250)
    blob_store().put(blob_key(company.id, sha256(data)), data)
    name = f"photo-{index}.png"
    UploadedFile.objects.create(upload=upload, name=name, sha256=sha256(data), bytes=len(data))
    source = f"upload://{upload.pk}/{name}"
    return DataObject.objects.create(
        job=job,
        work_queue=queue,
        index=index,
        source_ref=source,
        line=f'{{"source-ref":"{source}"}}',
        format="PNG",
        width=width,
        height=height,
        bytes=len(data),
        image_sha256=sha256(data),
    )
