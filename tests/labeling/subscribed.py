"""A subscription of a company's, a job that ends, and what was posted of it."""

from typing import Any

from maskwright.core.scope import organization_scope
from maskwright.organizations.models import EventSubscription
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim, flat_mask
from tests.factories.work import submit as submit_answer
from tests.plugins.cast import Company
from tests.plugins.receiver import Receiver

ALL = ["job_ended", "job_changed", "task_ended", "worker_activity"]


def send(company: Company, body: dict[str, Any], path: str = "", method: str = "post", who: str = "owner") -> Any:
    request = getattr(company.client(who), method)
    return request(f"/api/v1/event-subscriptions{path}", body, content_type="application/json")


def subscribe(company: Company, webhook: Receiver, *kinds: str, name: str = "ours") -> dict[str, Any]:
    answer = send(company, {"name": name, "url": webhook.url, "kinds": list(kinds) or ["job_ended"]})
    assert answer.status_code == 201, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def deliver(company: Company) -> int:
    """Run what waits in the outbox, as if its time had come."""
    with organization_scope(company.id):
        EventSubscription.objects.update(retry_at=None)
    return run_messages(company, "event.deliver")


def row(company: Company) -> EventSubscription:
    with organization_scope(company.id):
        return EventSubscription.objects.get()


def log(company: Company, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        company.client("owner").get(f"/api/v1/event-subscriptions/{subscription['id']}/deliveries").json()["results"]
    )
    return found


def finish(company: Company, objects: int = 1) -> MadeJob:
    """A job that is worked on until it is completed."""
    made = make_job(company, objects=objects, labelers=1)
    for _ in range(objects):
        held = claim(company.client("labeler"), job=str(made.id)).json()
        assert submit_answer(company.client("labeler"), held, flat_mask(1)).status_code == 200
    for topic in ("work.item_answered", "task.consolidate", "job.finish"):
        run_messages(company, topic)
    return made
