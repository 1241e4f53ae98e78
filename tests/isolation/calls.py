"""How each call of the API is made so that the right person succeeds: who, with what, and what is answered.

A route that is not named here is called by acme's manager with an empty body and must answer 2xx. A new route needs a
line only where that is not so.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client

from tests.factories.jobs import CATEGORIES, photo
from tests.factories.work import flat_mask
from tests.isolation.routes import Route
from tests.isolation.world import World


@dataclass(frozen=True)
class Call:
    """`by` is the right person. `status`: what he gets; None is any 2xx. `instead`: other values of parameters."""

    by: tuple[str, str] = ("acme", "manager")
    body: Callable[[World], Any] = lambda world: {}
    content_type: str = "application/json"
    query: str = ""
    headers: Callable[[World], dict[str, str]] = lambda world: {}
    status: int | None = None
    instead: Callable[[World], dict[str, str]] = lambda world: {}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str = field(repr=False)


def _token(world: World) -> dict[str, str]:
    return {"X-Fencing-Token": str(world.claim["token"])}


def _answering(world: World) -> dict[str, str]:
    return {**_token(world), "Idempotency-Key": str(uuid.uuid4()), "X-Draft-Seq": "7"}


_LABELER = ("acme", "labeler")
_OWNER = ("acme", "owner")
_VENDOR = ("globex", "manager")
_REVIEWER = ("acme", "reviewer")
_REVIEW: Callable[[World], dict[str, str]] = lambda world: {"claim_id": world.ids["review"]}  # noqa: E731  # a table
_PNG = Call(by=_LABELER, content_type="image/png", body=lambda world: flat_mask(1), headers=_answering)
_WORK = Call(by=_LABELER, headers=_token)
_OFFER: Callable[[World], dict[str, str]] = lambda world: {"grant_id": world.ids["offer"]}  # noqa: E731  # a table
_GRANTED: Callable[[World], dict[str, str]] = lambda world: {"job_id": world.ids["granted_job"]}  # noqa: E731
_LABEL_SET = {"name": "renamed", "categories": CATEGORIES}
_TEMPLATE = {"name": "renamed", "title": "Paint"}
_SUBSCRIPTION = {"name": "one more", "url": "https://127.0.0.1/", "kinds": ["job_ended"]}
_FUNCTION = {
    "arn": "arn:aws:lambda:us-east-1:123456789012:function:one-more",
    "kind": "builtin",
    "target": "PassThrough",
}
_CONNECTION = {"name": "renamed", "kind": "s3", "container": "some-bucket"}


def _order(world: World) -> dict[str, Any]:
    return {
        "name": "ordered",
        "input_uri": f"upload://{world.ids['complete_upload']}/",
        "label_set_id": world.parameters["label_set_id"],
        "task_template_id": world.parameters["template_id"],
        "work_team_id": world.parameters["team_id"],
    }


CALLS: dict[tuple[str, str], Call] = {
    ("member", "patch"): Call(body=lambda world: {"role": "reviewer"}),
    ("invitations", "post"): Call(body=lambda w: {"role": "labeler", "work_team": w.parameters["team_id"]}),
    ("invitation_file", "post"): Call(body=lambda world: {"csv": "email\nnew@example.org\n"}),
    ("invitation_preview", "post"): Call(body=lambda world: {"csv": "email\nnew@example.org\n"}),
    ("access_keys", "get"): Call(by=_OWNER),
    ("access_keys", "post"): Call(by=_OWNER, body=lambda world: {"name": "one more"}),
    ("access_key", "patch"): Call(by=_OWNER, body=lambda world: {"works": False}),
    ("access_key", "delete"): Call(by=_OWNER),
    ("access_key_rotation", "post"): Call(by=_OWNER),
    ("access_key_sessions", "post"): Call(by=_OWNER),
    ("functions", "get"): Call(by=_OWNER),
    ("functions", "post"): Call(by=_OWNER, body=lambda world: _FUNCTION),
    ("function", "get"): Call(by=_OWNER),
    ("function", "put"): Call(by=_OWNER, body=lambda world: _FUNCTION),
    ("function", "delete"): Call(by=_OWNER),
    ("function_secret", "post"): Call(by=_OWNER),
    ("function_try", "post"): Call(by=_OWNER),
    ("functions_installed", "get"): Call(by=_OWNER),
    ("event_subscriptions", "get"): Call(by=_OWNER),
    ("event_subscriptions", "post"): Call(by=_OWNER, body=lambda world: _SUBSCRIPTION, status=422),  # private
    ("event_subscription", "get"): Call(by=_OWNER),
    ("event_subscription", "put"): Call(by=_OWNER, body=lambda world: _SUBSCRIPTION, status=422),
    ("event_subscription", "patch"): Call(by=_OWNER, body=lambda world: {"is_on": False}),
    ("event_subscription", "delete"): Call(by=_OWNER),
    ("event_subscription_secret", "post"): Call(by=_OWNER),
    ("event_subscription_test", "post"): Call(by=_OWNER),
    ("event_deliveries", "get"): Call(by=_OWNER),
    ("tokens", "post"): Call(body=lambda world: {"name": "one more"}),
    ("teams", "post"): Call(body=lambda world: {"name": "one more", "users": [world.ids["newcomer"]]}),
    ("team", "patch"): Call(body=lambda world: {"name": "renamed"}),
    ("team", "delete"): Call(status=409),  # jobs use it
    ("team_members", "post"): Call(body=lambda world: {"user": world.ids["newcomer"]}),
    ("grants", "post"): Call(body=lambda w: {"work_queue": w.ids["queue"], "vendor": w.ids["vendor"]}),
    ("grant_progress", "get"): Call(by=_VENDOR),
    ("grant_withdraw", "post"): Call(instead=_OFFER),
    ("grant_accept", "post"): Call(by=_VENDOR, instead=_OFFER),
    ("grant_decline", "post"): Call(by=_VENDOR, instead=_OFFER),
    ("grant_teams", "post"): Call(by=_VENDOR, body=lambda world: {"team": world.ids["globex_team"]}),
    ("grant_team", "delete"): Call(by=_VENDOR, instead=lambda world: {"team_id": world.ids["staffed_team"]}),
    ("pay_rates", "post"): Call(body=lambda world: {"price_per_object": "1.5", "currency": "EUR"}),
    ("time_correction", "post"): Call(body=lambda world: {"seconds": "5", "note": "The network was away."}),
    ("labeler_networks", "put"): Call(body=lambda world: {"networks": []}),
    ("identity_provider", "put"): Call(
        body=lambda world: {"issuer": "https://login.example", "client_id": "client", "client_secret": "secret"}
    ),
    ("second_factor", "put"): Call(body=lambda world: {"required_for": "nobody"}),
    ("team_hours", "put"): Call(body=lambda world: {"time_zone": "Europe/Berlin", "hours": []}),
    ("own_notices", "get"): Call(by=_LABELER),
    ("own_notices", "post"): Call(by=_LABELER),
    ("notice_choices", "get"): Call(by=_LABELER),
    ("notice_choices", "put"): Call(by=_LABELER, body=lambda world: {"choices": [{"kind": "returned"}]}),
    ("notice_hook", "get"): Call(by=_LABELER),
    ("notice_hook", "put"): Call(by=_LABELER, body=lambda world: {"url": "https://127.0.0.1/"}, status=422),  # private
    ("notice_hook", "delete"): Call(by=_LABELER),
    ("own_time", "get"): Call(by=_LABELER),
    ("own_pay", "get"): Call(by=_LABELER),
    ("own_statement", "get"): Call(by=_LABELER),
    ("work_overview", "get"): Call(by=_LABELER),
    ("work_claims", "post"): Call(by=_LABELER, body=lambda world: {"job": world.parameters["job_id"]}),
    ("work_heartbeat", "post"): _WORK,
    ("work_draft", "get"): _WORK,
    ("work_draft", "put"): _PNG,
    ("work_draft_versions", "get"): _WORK,
    ("work_draft_versions", "post"): _PNG,
    ("work_draft_version", "get"): _WORK,
    ("work_submit", "post"): _PNG,
    ("work_release", "post"): _WORK,
    ("work_decline", "post"): _WORK,
    ("work_image", "get"): _WORK,
    ("work_next", "post"): _WORK,
    ("work_next_image", "get"): _WORK,
    ("work_next_draft", "get"): Call(by=_LABELER, status=404),  # nothing was painted there; `test_next_task` has one
    # Of a qualification alone; whose it is and nobody else's: tests/labeling/test_qualification.py.
    ("work_feedback", "get"): Call(by=_LABELER, status=404),
    ("work_feedback_photo", "get"): Call(by=_LABELER, status=404),
    ("work_feedback_errors", "get"): Call(by=_LABELER, status=404),
    ("work_layer", "get"): Call(by=_REVIEWER, instead=_REVIEW),
    ("work_segment", "post"): Call(
        by=_LABELER,
        headers=_token,
        body=lambda world: {"tool": "extreme-points", "points": [[5, 1], [1, 4], [5, 7], [9, 4]]},
        status=503,  # the inference process does not run here; the claim was found, that is what counts
    ),
    ("label_sets", "post"): Call(body=lambda world: _LABEL_SET),
    ("label_set", "put"): Call(body=lambda world: _LABEL_SET),
    ("templates", "post"): Call(body=lambda world: _TEMPLATE),
    ("template", "put"): Call(body=lambda world: _TEMPLATE),
    ("template_previews", "post"): Call(
        body=lambda w: {"template": "{{ task.input.labels }}", "label_set_id": w.parameters["label_set_id"]}
    ),
    ("template_hosts", "put"): Call(by=_OWNER, body=lambda world: {"hosts": ["cdn.example.org"]}),
    ("template_pictures", "post"): Call(content_type="application/octet-stream", body=lambda world: photo(6, 4)),
    ("template_preview", "post"): Call(body=lambda world: {"instructions": "Paint **all**."}),
    ("storage_connections", "post"): Call(body=lambda world: _CONNECTION),
    ("storage_connection", "put"): Call(body=lambda world: _CONNECTION),
    ("uploads", "post"): Call(body=lambda world: {"name": "one more"}),
    ("upload_files", "put"): Call(
        query="?name=more.png", content_type="application/octet-stream", body=lambda world: b"bytes"
    ),
    ("jobs", "post"): Call(body=_order),
    ("job", "patch"): Call(body=lambda world: {"title": "Paint more"}),
    ("job_follow_ups", "post"): Call(
        body=lambda w: {"how": "clone", "name": "cloned", "input_uri": f"upload://{w.ids['complete_upload']}/"}
    ),
    ("job_preflight", "post"): Call(status=409),  # only a failed one is checked again
    ("job_start", "post"): Call(status=409),  # runs
    ("job_resume", "post"): Call(status=409),  # is not paused
    ("job_grants", "post"): Call(body=lambda world: {"vendor": world.ids["vendor"]}),
    ("job_shares", "put"): Call(body=lambda world: {"own": 50}),
    ("job_reassign", "post"): Call(body=lambda world: {"claim": world.parameters["claim_id"]}),
    ("object_keep", "post"): Call(body=lambda world: {"worker": world.ids["worker"]}, status=409),  # he answered it
    ("object_put_back", "post"): Call(status=409),  # needs no attention
    ("object_give_up", "post"): Call(status=409),
    ("object_retry", "post"): Call(status=409),  # did not fail
    ("granted_jobs", "get"): Call(by=_VENDOR),
    ("own_quality", "get"): Call(by=_LABELER),
    ("job_golds", "post"): Call(body=lambda world: {"annotation": world.parameters["annotation_id"]}),
    ("job_quality_rules", "put"): Call(body=lambda world: {"rules": []}),
    ("job_pauses", "post"): Call(body=lambda world: {"worker": world.ids["worker"], "reason": "too fast"}),
    ("skills", "post"): Call(body=lambda w: {"user": w.parameters["user_id"], "name": "cups", "level": 40}),
    ("job_withdrawals", "post"): Call(
        body=lambda w: {"worker": w.ids["worker"]}, instead=lambda w: {"job_id": w.parameters["job_id"]}
    ),
    ("job_withdrawal_preview", "post"): Call(body=lambda world: {"worker": world.ids["worker"]}),
    ("job_withdrawal_undo", "post"): Call(instead=lambda world: {"job_id": world.ids["withdrawn_job"]}),
    ("granted_job_withdrawals", "get"): Call(by=_VENDOR, instead=_GRANTED),
    # Nothing has been answered there; what a vendor can withdraw and undo: tests/labeling/test_withdrawals.py.
    ("granted_job_withdrawals", "post"): Call(
        by=_VENDOR, instead=_GRANTED, body=lambda w: {"grant": w.parameters["grant_id"]}, status=409
    ),
    ("granted_job_withdrawal_preview", "post"): Call(
        by=_VENDOR, instead=_GRANTED, body=lambda world: {"grant": world.parameters["grant_id"]}
    ),
    ("granted_job_withdrawal_undo", "post"): Call(by=_VENDOR, instead=_GRANTED, status=404),
    ("granted_job", "get"): Call(by=_VENDOR, instead=lambda world: {"job_id": world.ids["granted_job"]}),
}


def call_of(route: Route, method: str) -> Call:
    return CALLS.get((route.name, method), Call())


def url_of(world: World, route: Route, call: Call) -> str:
    """The address with acme's ids; a parameter nobody knows fails."""
    values = world.parameters | call.instead(world)
    unknown = set(route.parameters) - set(values)
    assert not unknown, f"{route.template}: say which object of acme's {unknown} names, in World.parameters."
    return route.url(values) + call.query


def ask(client: Client, method: str, url: str, call: Call, world: World) -> Answer:
    """Make the call and undo what it did; a streamed answer is read to its end."""
    with transaction.atomic():
        send = getattr(client, method)
        body = call.body(world) if method != "get" else {}
        arguments = {} if method == "get" else {"content_type": call.content_type}
        response: Any = send(url, body, headers=call.headers(world), **arguments)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return Answer(response.status_code, dict(response.headers), content.decode("utf-8", "replace"))
