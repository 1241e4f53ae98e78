"""A job's queue with the photos its items stand for."""

import uuid
from dataclasses import asdict
from typing import Any

from labeling.models import Task
from labeling.services.jobs import own_job
from workforce.models import WorkQueue
from workforce.people import own_people
from workforce.queue_view import queue_view


def job_queue_json(job_id: uuid.UUID, *, names: bool) -> dict[str, Any]:
    """What `GET jobs/{id}/queue` answers; NotFound for another organization's job.

    With `names` the organization's own people are named beside their pseudonyms; a vendor's never are.
    """
    job = own_job(job_id)
    queue = WorkQueue.objects.get(pk=job.work_queue_id)
    view = queue_view(queue)
    rows: list[Any] = [*view.held, *view.starving, *view.attention]
    items = [one.item_id for one in rows]
    found = Task.objects.filter(job=job, work_item_id__in=items)
    objects = dict(found.values_list("work_item_id", "data_object_id"))

    workers = [*(one.worker_id for one in view.held), *(one["id"] for one in view.people)]
    own = own_people(workers) if names else {}

    def shown(one: Any) -> dict[str, Any]:
        row = asdict(one)
        item, index = row.pop("item_id"), row.pop("position")
        if "worker_id" in row:
            row["person"] = own.get(row["worker_id"])
        return {**row, "data_object": {"id": objects.get(item), "index": index}}

    seen = view.forecast
    return {
        "policy": queue.policy,
        "priority": queue.priority,
        "unopened": view.unopened,
        "ready": view.ready,
        "claimed": view.claimed,
        "kept": view.kept,
        "missing": view.missing,
        "oldest_ready": view.oldest_ready,
        "held": [shown(one) for one in view.held],
        "starving": [shown(one) for one in view.starving],
        "attention": [shown(one) for one in view.attention],
        "people": [{**one, "person": own.get(one["id"])} for one in view.people],
        "forecast": None
        if seen is None
        else {
            "expected": view.at(seen.expected),
            "earliest": view.at(seen.earliest),
            "latest": view.at(seen.latest),
        },
    }
