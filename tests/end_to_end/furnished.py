"""Two organizations in which every page has something to show: a customer at work, and a vendor who works for him."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.end_to_end.answers import CAT, COLORS, CUP, Box, painted
from tests.end_to_end.client import Client, mask_png, photo
from tests.end_to_end.stack import eventually

FIRST = mask_png(painted(Box(CAT, 10, 10, 50, 60), Box(CUP, 60, 10, 90, 60)), COLORS)
SECOND = mask_png(painted(Box(CAT, 14, 10, 54, 66), Box(CUP, 60, 12, 96, 60)), COLORS)


@dataclass
class Furnished:
    customer: Any
    vendor: Any
    job: str


def furnish(make_cast: Callable[..., Any]) -> Furnished:
    customer = make_cast(labelers=2, reviewers=1)
    vendor = make_cast(labelers=1, company="Globex", is_vendor=True)
    manager = customer.client("manager")
    team = manager.create_team("day shift", customer.ids("labeler1", "labeler2"))
    job = _worked_on(customer, manager, team)
    _offered(manager, vendor)
    manager.post("storage-connections", {"name": "photo bucket", "kind": "s3", "container": "photos"})
    manager.post("organizations/current/invitations", {"role": "labeler", "email": "newcomer@example.org"})
    hours = [{"weekday": day, "begin": "00:00", "end": "24:00"} for day in range(7)]
    manager.call("PUT", f"teams/{team}/hours", json={"time_zone": "Europe/Berlin", "hours": hours})
    return Furnished(customer, vendor, job)


def _worked_on(customer: Any, manager: Client, team: str) -> str:
    """A job with accepted, returned and waiting answers; its people are paid, checked and told apart."""
    job = manager.order_job(
        "street-cats",
        {f"{number}.png": photo(number) for number in range(5)},
        [],
        work_team_id=team,
        number_of_labelers=2,
        review_team_id=manager.create_team("reviewers", customer.ids("reviewer1")),
        review_share=1.0,
    )
    manager.post("pay-rates", {"price_per_object": "0.25", "currency": "EUR"})
    manager.start_job(job)
    one, two, reviewer = (customer.client(name) for name in ("labeler1", "labeler2", "reviewer1"))
    for client, mask, count in ((one, FIRST, 4), (two, SECOND, 3)):
        for _ in range(count):
            held = client.wait_for_claim(job)
            token = {"X-Fencing-Token": str(held["token"])}
            client.call("POST", f"work/claims/{held['id']}/heartbeat", headers=token, json={"active_seconds": 1})
            client.submit(held, mask)
    for verdict in ({"verdict": "accept"}, {"verdict": "return", "reason": "The edge is too coarse.", "to": "same"}):
        held = reviewer.wait_for_claim(job, within=20)
        headers = {"X-Fencing-Token": str(held["token"]), "Idempotency-Key": str(uuid.uuid4())}
        body = {"kind": "review", "content": verdict}
        reviewer.call("POST", f"work/claims/{held['id']}/submit", headers=headers, json=body)
    manager.post("statements", {"users": customer.ids("labeler2")})

    def done() -> list[dict[str, Any]]:
        return [row for row in manager.objects(job) if row["state"] == "done"]

    gold = eventually(done, within=20, what="An accepted photo")[0]
    manager.call("POST", f"jobs/{job}/gold", json={"object": gold["id"]})
    rule = {"collector": "gold_iou", "condition": "certainly_under", "limit": 0.5, "at_least": 3, "action": "pause"}
    manager.call("PUT", f"jobs/{job}/quality/rules", json={"rules": [rule]})
    return job


def _offered(manager: Client, vendor: Any) -> None:
    """Two jobs for vendors: of one the offer was taken and staffed, the other's waits."""
    [globex] = [one for one in manager.get("vendors", limit=200)["results"] if one["name"] == vendor.organization]
    theirs = vendor.client("manager")
    team = theirs.create_team("vendor's team", vendor.ids("labeler1"))
    for name in ("street-signs", "shop-signs"):
        job = manager.order_job(name, {"one.png": photo(9)}, [], work_team_id=None, for_vendor=True)
        terms = {"price_per_object": "0.3", "currency": "EUR", "share": 60}
        grant = manager.post(f"jobs/{job}/grants", {"vendor": globex["id"], "title": name} | terms)["id"]
        if name == "street-signs":
            theirs.post(f"grants/{grant}/accept")
            theirs.post(f"grants/{grant}/teams", {"team": team})
            manager.start_job(job)
