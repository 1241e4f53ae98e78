"""What a manager brings: photos in an upload or a folder, a label set, a template; and an intake that runs them."""

import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from labeling.masks import sha256
from labeling.models import LabelingJob, Upload, UploadedFile
from labeling.services.jobs import create_job
from labeling.services.label_sets import save_label_set
from labeling.services.task_templates import save_task_template
from maskwright.core import outbox
from maskwright.core.models import OutboxMessage
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope
from tests.factories.jobs import CATEGORIES, make_team, photo
from tests.plugins.cast import Company


def jpeg(width: int, height: int, shade: int = 90, mode: str = "RGB") -> bytes:
    file = BytesIO()
    Image.new(mode, (width, height), shade).save(file, "JPEG")
    return file.getvalue()


def make_upload(company: Company, files: dict[str, bytes], *, complete: bool = True) -> Upload:
    with organization_scope(company.id):
        upload = Upload.objects.create(name="photos", completed_at="2026-01-01T00:00:00Z" if complete else None)
        for name, data in files.items():
            blob_store().put(blob_key(company.id, sha256(data)), data)
            UploadedFile.objects.create(upload=upload, name=name, sha256=sha256(data), bytes=len(data))
    return upload


def photos(count: int) -> dict[str, bytes]:
    return {f"photo-{n:04}.png": photo(12, 8, 40 + n % 200) for n in range(count)}


def write_photos(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in photos(count).items():
        (folder / name).write_bytes(data)


def order(company: Company, input_uri: str, **changes: Any) -> dict[str, Any]:
    """Arguments of create_job that are right; label set, template and team are made for it."""
    team = make_team(company, [company.people["labeler"]])
    mark = uuid.uuid4().hex[:8]
    with organization_scope(company.id):
        labels = save_label_set(name=f"things {mark}", categories=CATEGORIES)
        template = save_task_template(name=f"paint {mark}", title="Paint what you see", instructions="Paint **all**.")
    return {
        "actor_user_id": company.people["manager"].pk,
        "name": f"job-{mark}",
        "input_uri": input_uri,
        "label_set_id": labels.pk,
        "task_template_id": template.pk,
        "work_team_id": team.pk,
    } | changes


def order_job(company: Company, input_uri: str, **changes: Any) -> LabelingJob:
    arguments = order(company, input_uri, **changes)
    with organization_scope(company.id):
        return create_job(**arguments)


def run_messages(company: Company, topic: str) -> int:
    """Run all waiting messages of a topic as a worker would; how many there were."""
    with organization_scope(company.id):
        waiting = list(OutboxMessage.objects.filter(topic=topic, done_at=None, dead_at=None).order_by("created_at"))
    for message in waiting:
        outbox.run(message.pk, company.id, topic)
    return len(waiting)
