"""Wrong bodies, headers, queries and addresses against every call of the API: refused in the one shape, never a 5xx."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from tests.isolation.calls import Call, call_of, url_of
from tests.isolation.routes import Route, api_routes
from tests.isolation.world import World

ROUTES = {route.name: route for route in api_routes()}
CALLS = [(name, method) for name, route in sorted(ROUTES.items()) for method in route.methods]
WRITES = [(name, method) for name, method in CALLS if method in ("post", "put", "patch")]
JSON, PNG = "application/json", "image/png"

#: Raw bodies with their content type.
BODIES: list[tuple[str, bytes]] = [
    (JSON, b""),
    (JSON, b"{"),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b'"text"'),
    (JSON, b"[[1, 2], {}]"),
    (JSON, b"\xff\xfe\x00"),
    (JSON, b"[" * 100_000),
    (JSON, b'{"name": ' * 20_000),
    (JSON, b'{"name": NaN, "seats": Infinity, "active_seconds": -Infinity}'),
    (JSON, b'{"job": 1e999, "seats": 1' + b"0" * 5000 + b"}"),
    (PNG, b""),
    (PNG, b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
    ("image/png; charset=\x22", b"junk"),
    ("application/x-www-form-urlencoded", b"name=a&role=owner"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    ("nonsense", b"nonsense"),
]
LARGE = (b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(1 << 20)) * 10

#: What stands in the place of each field of a right body.
VALUES: list[Any] = [
    None,
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 100_000,
    "not-an-id",
    "'; DROP TABLE labeling_labelingjob; --",
    "00000000-0000-0000-0000-000000000000",
    True,
    -1,
    0,
    2**31,
    2**63,
    10**40,
    1e308,
    [],
    {},
    [[[]]],
    ["\x00"],
    [None, 1, "a"],
    {"a": {"b": []}},
]
#: Fields that a right body may leave out.
MORE_FIELDS: dict[tuple[str, str], dict[str, Any]] = {
    ("work_submit", "post"): {"kind": "impossible", "content": {"reason": "black"}},
    ("work_heartbeat", "post"): {"active_seconds": 1.5},
    ("work_decline", "post"): {"reason": "too hard"},
    ("work_segment", "post"): {"box": [0, 0, 12, 8]},
    ("job", "patch"): {
        "instructions": "Paint.",
        "tools": ["brush"],
        "categories": [{"index": 1, "name": "cat", "color": "#2ca02c", "key": "1", "description": ""}],
        "number_of_labelers": 2,
        "max_concurrent": 5,
        "priority": 1,
        "deadline": "2099-01-01T00:00:00Z",
    },
    ("jobs", "post"): {
        "label_attribute_name": "things-ref",
        "output_uri": "maskwright://output/",
        "number_of_labelers": 2,
        "time_limit_seconds": 600,
        "max_concurrent": 5,
        "deadline": "2099-01-01T00:00:00Z",
        "consolidation_rule": "majority",
    },
    ("template", "put"): {"instructions": "Paint.", "tools": ["brush"], "time_limit_seconds": 600},
    ("storage_connection", "put"): {"endpoint": "https://s3.eu-central-1.amazonaws.com", "region": "eu-central-1"},
    ("grants", "post"): {"title": "Streets", "starts_at": "2099-01-01T00:00:00Z", "expires_at": "2099-02-01T00:00:00Z"},
    ("invitations", "post"): {
        "email": "a@example.org",
        "seats": 1,
        "days": 14,
        "name": "A",
        "work_teams": [],
        "skills": [{"name": "roads", "level": 50}],
    },
    ("invitation_file", "post"): {"days": 14},
    ("tokens", "post"): {"days": 30},
    ("team_hours", "put"): {"hours": [{"weekday": 0, "begin": "08:00", "end": "17:00"}]},
    ("pay_rates", "post"): {"stage": "label", "valid_from": "2099-01-01T00:00:00Z"},
    ("statements", "post"): {"users": None, "vendor": None, "until": None},
    ("member", "patch"): {"is_active": True},
}
QUERIES = [
    "limit=abc&offset=-1",
    "limit=0",
    f"limit={10**30}&offset={2**31}",
    f"offset={2**63}",
    f"offset={10**40}",
    "limit=-5&offset=1e9",
    "state=%00&problem=%00&side=%00&active=%00&name=%00",
    "state=%FF&problem=%FF&side=%FF&active=%FF&name=%FF",
    "state=nonsense&problem=nonsense&side=nonsense&active=nonsense",
    "name=..%2F..%2Fetc%2Fpasswd",
    "name=" + "x" * 3000,
    "format=xml",
]
HEADERS = [
    {"X-Fencing-Token": "9" * 18, "Idempotency-Key": "x", "X-Draft-Seq": "9" * 15},
    {"X-Fencing-Token": "-1", "Idempotency-Key": "\x00", "X-Draft-Seq": "1.5"},
    {"X-Fencing-Token": "²", "Idempotency-Key": "²", "X-Draft-Seq": "²"},
    {"X-Content-SHA256": "zz", "Accept": "application/xml", "Content-Length": "5"},
]


@dataclass(frozen=True)
class Attempt:
    """One wrong request; `what` is for the report."""

    what: str
    url: str
    content_type: str = JSON
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()


def _send(client: Client, method: str, attempt: Attempt) -> str:
    """What is wrong with the answer; empty if nothing is."""
    try:
        with transaction.atomic():
            response: Any = client.generic(
                method.upper(), attempt.url, attempt.body, attempt.content_type, headers=dict(attempt.headers)
            )
            content = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
    except Exception as error:  # what would be a 500
        return f"{attempt.what}: {type(error).__name__}: {error}"[:300]
    if response.status_code < 400:
        return ""
    try:
        body = json.loads(content)
    except ValueError:
        return f"{attempt.what}: {response.status_code} without JSON"
    if set(body) - {"annotation"} != {"code", "message", "fields", "request_id"} or not body["message"]:
        return f"{attempt.what}: {response.status_code} in another shape: {body}"[:300]
    if response.status_code >= 500 and response.status_code != 503:
        return f"{attempt.what}: {response.status_code}"
    return ""


def _try_all(client: Client, method: str, attempts: Iterator[Attempt]) -> None:
    """Fail with everything that was answered wrongly."""
    problems = [problem for attempt in attempts if (problem := _send(client, method, attempt))]
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def _headers(world: World, call: Call) -> tuple[tuple[str, str], ...]:
    return tuple(call.headers(world).items())


def _raw(world: World, call: Call, url: str) -> Iterator[Attempt]:
    for content_type, body in BODIES:
        yield Attempt(f"{content_type} {body[:30]!r}", url, content_type, body, _headers(world, call))
    chooser = random.Random(url)
    for _ in range(3):
        body = json.dumps(_any_json(chooser, 4)).encode()
        yield Attempt(f"random {body[:60]!r}", url, JSON, body, _headers(world, call))


def _any_json(chooser: random.Random, depth: int) -> Any:
    kind = chooser.randrange(3) if depth else 2
    if kind == 0:
        names = ["name", "role", "users", "categories", "kind", "content", "points", "job", "\x00"]
        return {chooser.choice(names): _any_json(chooser, depth - 1) for _ in range(chooser.randrange(5))}
    if kind == 1:
        return [_any_json(chooser, depth - 1) for _ in range(chooser.randrange(4))]
    return chooser.choice(VALUES)


def _fields(world: World, key: tuple[str, str], call: Call, url: str) -> Iterator[Attempt]:
    """A right body with one field wrong at a time, also inside of its lists."""
    right = call.body(world)
    right = (right if isinstance(right, dict) else {}) | MORE_FIELDS.get(key, {})
    for number, path in enumerate(_paths(right)):
        # Every second value for a field: the fields of one call are read by the same few classes.
        for value in VALUES[number % 2 :: 2]:
            body = json.dumps(_replaced(right, path, value)).encode()
            what = f"{'.'.join(map(str, path))} = {str(value)[:30]!r}"
            yield Attempt(what, url, JSON, body, _headers(world, call))


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for key, below in items:
        yield (*above, key)
        if isinstance(below, dict | list):
            yield from _paths(below, (*above, key))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize(("name", "method"), WRITES)
def test_any_body_is_answered(world: World, name: str, method: str) -> None:
    call = call_of(ROUTES[name], method)
    url = url_of(world, ROUTES[name], call)
    _try_all(world.client(*call.by), method, _raw(world, call, url))


@pytest.mark.parametrize(("name", "method"), WRITES)
def test_any_value_of_a_field_is_answered(world: World, name: str, method: str) -> None:
    call = call_of(ROUTES[name], method)
    url = url_of(world, ROUTES[name], call)
    _try_all(world.client(*call.by), method, _fields(world, (name, method), call, url))


@pytest.mark.parametrize(("name", "method"), WRITES)
def test_ten_megabytes_of_junk_are_answered(world: World, name: str, method: str) -> None:
    call = call_of(ROUTES[name], method)
    url = url_of(world, ROUTES[name], call)
    attempts = (Attempt(kind, url, kind, LARGE, _headers(world, call)) for kind in (JSON, PNG))
    _try_all(world.client(*call.by), method, attempts)


@pytest.mark.parametrize(("name", "method"), CALLS)
def test_the_other_roles_break_nothing_either(world: World, name: str, method: str) -> None:
    """A manager on the labelers' calls and a labeler on the managers'."""
    call = call_of(ROUTES[name], method)
    url = url_of(world, ROUTES[name], call)
    for who in ("manager", "labeler"):
        attempts = [Attempt(f"{who} {kind} {body[:20]!r}", url, kind, body) for kind, body in BODIES[::5]]
        _try_all(world.client("acme", who), method, iter(attempts))


@pytest.mark.parametrize("name", [name for name, method in CALLS if method == "get"])
def test_any_query_is_answered(world: World, name: str) -> None:
    call = call_of(ROUTES[name], "get")
    url = url_of(world, ROUTES[name], call)
    attempts = (Attempt(query[:60], f"{url}?{query}", headers=_headers(world, call)) for query in QUERIES)
    _try_all(world.client(*call.by), "get", attempts)


@pytest.mark.parametrize(("name", "method"), CALLS)
def test_any_header_is_answered(world: World, name: str, method: str) -> None:
    call = call_of(ROUTES[name], method)
    url = url_of(world, ROUTES[name], call)
    right = call.body(world) if method != "get" else {}
    body = right if isinstance(right, bytes) else json.dumps(right).encode()
    attempts = (Attempt(str(headers)[:80], url, call.content_type, body, tuple(headers.items())) for headers in HEADERS)
    _try_all(world.client(*call.by), method, attempts)


@pytest.mark.parametrize("name", [name for name, route in sorted(ROUTES.items()) if route.parameters])
def test_any_address_is_answered(world: World, name: str) -> None:
    route: Route = ROUTES[name]
    method = route.methods[0]
    for wrong in ("x", "0", "\x00", "../..", "%", "é", "00000000-0000-0000-0000-000000000000", "a" * 500):
        url = route.url(world.parameters | dict.fromkeys(route.parameters, quote(wrong, safe="")))
        _try_all(world.client("acme", "manager"), method, iter([Attempt(url, url)]))


def test_tokens_and_methods_that_are_nonsense_are_answered(world: World) -> None:
    for secret in ("", "x", "\x00", "é", "mw_" + "x" * 5000, "Basic eDp5"):
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        answer = client.get("/api/v1/jobs")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    for method in ("TRACE", "PROPFIND", "OPTIONS", "HEAD", "DELETE"):
        answer = world.client("acme", "manager").generic(method, "/api/v1/jobs")
        assert answer.status_code < 500
