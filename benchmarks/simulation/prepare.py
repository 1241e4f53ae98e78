"""The job of the day: photos that differ, gold tasks with their truth, the usual rules, a team."""

import random
import uuid
from typing import Any

from benchmarks.simulation.clock import Clock
from benchmarks.simulation.day import Day
from benchmarks.simulation.people import make_labelers
from benchmarks.simulation.photos import HEIGHT, WIDTH, photo, png, truth
from labeling.masks import sha256
from labeling.models import DataObject, LabelingJob, Task, Upload, UploadedFile
from labeling.services.quality.gold import make_gold
from labeling.services.quality.usual import add_usual_rules
from maskwright.accounts.models import User
from maskwright.core.ids import uuid7
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope
from maskwright.organizations.services.membership import add_member
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.plugins.cast import Company, make_company
from workforce.services.queues import add_items, distribute

LEASE = 600


def make_day(*, labelers: int, hours: float, photos: int, minutes: float, seed: int) -> Day:
    """`minutes`: how long a photo takes on average; `photos`: of the job, three answers each."""
    company = make_company(f"Simulated {seed}")
    users = [_labeler(company, number) for number in range(labelers)]
    team = make_team(company, users)
    golds = max(12, labelers // 5)
    made = make_job(company, team=team, objects=0, labelers=3, window=5_000, lease_seconds=LEASE,
                    time_limit_seconds=4 * 3600, size=(WIDTH, HEIGHT))  # fmt: skip
    pool = make_job(company, team=team, objects=0, labelers=1, start=False, size=(WIDTH, HEIGHT))
    numbers = _add(company, made, range(photos)) | _add(company, pool, range(photos, photos + golds))
    with organization_scope(company.id, user_id=company.people["manager"].pk):
        job = LabelingJob.objects.get(pk=made.id)
        add_usual_rules(job)
        distribute(queue_id=made.queue.pk)
    origins = [task for task in numbers if numbers[task] >= photos]
    for task_id in origins:
        with organization_scope(company.id, user_id=company.people["manager"].pk):
            origin = Task.objects.get(pk=task_id)
            gold = make_gold(job_id=made.id, object_id=origin.data_object_id, mask=png(truth(numbers[task_id])))
            numbers[gold.task_id] = numbers[task_id]
    return Day(
        company=company,
        queue_id=made.queue.pk,
        photos=numbers,
        labelers=make_labelers(users, seed, minutes),
        clock=Clock(),
        lease=LEASE,
        until=hours * 3600,
        draw=random.Random(seed),
    )


def _labeler(company: Company, number: int) -> Any:
    user = User.objects.create_user(f"{company.id.hex[-6:]}-{number}", f"l{number}@simulated.example", None)
    with organization_scope(company.id):
        add_member(user=user, role="labeler")
    return user


def _add(company: Company, made: MadeJob, numbers: range) -> dict[uuid.UUID, int]:
    """Photos of these numbers, ready to be handed out; task -> number."""
    with organization_scope(company.id):
        upload = Upload.objects.get(pk=made.job.input_uri.split("/")[2])
        items, files = [], []
        for index, number in enumerate(numbers):
            data = photo(number)
            digest, name = sha256(data), f"photo-{number}.png"
            blob_store().put(blob_key(company.id, digest), data)
            files.append(
                UploadedFile(organization_id=company.id, upload=upload, name=name, sha256=digest, bytes=len(data))
            )
            source = f"upload://{upload.pk}/{name}"
            items.append(
                DataObject(
                    organization_id=company.id,
                    job=made.job,
                    work_queue=made.queue,
                    index=index,
                    source_ref=source,
                    line=f'{{"source-ref":"{source}"}}',
                    format="PNG",
                    width=WIDTH,
                    height=HEIGHT,
                    bytes=len(data),
                    image_sha256=digest,
                )
            )
        UploadedFile.objects.bulk_create(files)
        DataObject.objects.bulk_create(items)
        tasks = [
            Task(
                organization_id=company.id, job=made.job, work_queue=made.queue, data_object=item, work_item_id=uuid7()
            )
            for item in items
        ]
        add_items(queue_id=made.queue.pk, items=[(task.work_item_id, task.data_object.index) for task in tasks])
        Task.objects.bulk_create(tasks)
    return {task.pk: number for task, number in zip(tasks, numbers, strict=True)}
