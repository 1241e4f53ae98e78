"""Every answer of a job as a table, for its managers: with the names of their own people, a vendor's by pseudonym."""

import csv
import io
import uuid
from collections.abc import Iterator

from labeling.models import Annotation, LabelingJob
from labeling.states import TaskState
from maskwright.core.scope import organization_scope
from workforce.people import own_people

_PAGE = 500
COLUMNS = (
    "photo",
    "address",
    "labeler",
    "person",
    "stage",
    "kind",
    "state",
    "reason",
    "round",
    "claimed_at",
    "submitted_at",
    "active_seconds",
    "annotation",
)
#: A cell that begins like this is a formula to spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answers_table(job: LabelingJob) -> Iterator[bytes]:
    """CSV in UTF-8, a page of rows at a time; opens its own scopes, since a stream outlives the request's."""
    yield _line(COLUMNS)
    after: uuid.UUID | None = None
    while page := _page(job, after):
        yield b"".join(line for _id, line in page)
        after = page[-1][0]


def _page(job: LabelingJob, after: uuid.UUID | None) -> list[tuple[uuid.UUID, bytes]]:
    with organization_scope(job.organization_id):
        rows = Annotation.objects.filter(job_id=job.pk).exclude(task__state=TaskState.GOLD)
        rows = rows.select_related("worker", "task__data_object").order_by("pk")
        found = list((rows.filter(pk__gt=after) if after else rows)[:_PAGE])
        names = own_people(row.worker_id for row in found)
        return [(row.pk, _row(row, names)) for row in found]


def _row(row: Annotation, names: dict[uuid.UUID, str]) -> bytes:
    content = row.content if isinstance(row.content, dict) else {}
    item = row.task.data_object
    return _line(
        (
            str(item.index),
            item.source_ref,
            row.worker.code,
            names.get(row.worker_id, ""),
            row.stage,
            row.kind,
            row.state,
            str(content.get("reason", "")),
            str(row.round),
            row.claimed_at.isoformat(),
            row.submitted_at.isoformat(),
            f"{row.active_seconds:.1f}",
            str(row.pk),
        )
    )


def _line(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return text.getvalue().encode()
