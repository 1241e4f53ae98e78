"""What `manage.py doctor` looks at beyond `maskwright.supervise.doctor`: everything that needs Django."""

import contextlib
import urllib.error
import urllib.request
import uuid

import redis
from django.conf import settings
from django.core.checks import ERROR, Tags, run_checks
from django.db import connections

from maskwright.config.broker import BrokerError
from maskwright.config.celery import app
from maskwright.config.operations import read_note
from maskwright.config.probes import NOTE_KEY, broker_client, pending_migrations
from maskwright.core.objects import ObjectStoreError, blob_store
from maskwright.supervise.doctor import Check, Finding, Verdict

_DEAD = """
SELECT topic, count(*), max(error) FROM core_outboxmessage WHERE dead_at > clock_timestamp() - interval '7 days'
GROUP BY topic ORDER BY count(*) DESC
"""
_OPEN_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_policy p ON p.polrelid = c.oid
WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""


def django_checks() -> list[tuple[str, Check]]:
    return [
        ("Settings", check_settings),
        ("Migrations", check_migrations),
        ("Tenants", check_tenants),
        ("Object storage", check_storage),
        ("Worker", check_worker),
        ("Operations", check_operations),
        ("Outbox", check_outbox),
        ("Inference", check_inference),
    ]


def check_settings() -> Finding:
    problems = [message for message in run_checks(tags=[Tags.security]) if message.level >= ERROR]
    if not problems:
        return Finding("Settings", Verdict.FINE, "safe for this kind of installation")
    hints = " ".join(str(problem.hint) for problem in problems if problem.hint)
    return Finding("Settings", Verdict.WRONG, " ".join(str(problem.msg) for problem in problems), hints)


def check_migrations() -> Finding:
    pending = pending_migrations()
    if pending:
        seen = f"{len(pending)} not applied: {', '.join(pending[:5])}"
        return Finding("Migrations", Verdict.WRONG, seen, "Run `manage.py migrate --database=owner`.")
    return Finding("Migrations", Verdict.FINE, "all applied")


def check_tenants() -> Finding:
    """Every table that has a policy also enforces it, for its owner too."""
    with connections["ops"].cursor() as cursor:
        cursor.execute(_OPEN_TABLES)
        tables = sorted({row[0] for row in cursor.fetchall()})
    connections["ops"].close()
    if tables:
        to_do = "Switch it on: ALTER TABLE ... ENABLE, then FORCE ROW LEVEL SECURITY."
        return Finding("Tenants", Verdict.WRONG, f"row-level security is off for {', '.join(tables)}", to_do)
    return Finding("Tenants", Verdict.FINE, "row-level security is on for every tenant's table")


def check_storage() -> Finding:
    """Write, read and remove one small object."""
    key, content = f"doctor/{uuid.uuid4()}", b"maskwright"
    try:
        store = blob_store()
        store.put(key, content)
        same = store.get(key) == content
        store.delete(key)
    except (ObjectStoreError, OSError) as error:
        to_do = "Check MASKWRIGHT_STORAGE, its keys, and that this user may write there."
        return Finding("Object storage", Verdict.WRONG, f"{settings.MASKWRIGHT_STORAGE}: {error}", to_do)
    if not same:
        to_do = "Do not use this storage: it does not keep what it is given."
        return Finding("Object storage", Verdict.WRONG, "what was written came back as something else", to_do)
    return Finding("Object storage", Verdict.FINE, f"{settings.MASKWRIGHT_STORAGE} can be written and read")


def check_worker() -> Finding:
    try:
        answers = app.control.ping(timeout=2.0)
    except BrokerError as error:
        return Finding("Worker", Verdict.WRONG, f"cannot be asked: {error}", "Check REDIS_URL and the server.")
    if not answers:
        to_do = "Start `celery -A maskwright.config.celery worker`, or `make run`, which starts everything."
        return Finding("Worker", Verdict.WRONG, "no Celery worker answers", to_do)
    return Finding("Worker", Verdict.FINE, ", ".join(name for answer in answers for name in answer))


def check_operations() -> Finding:
    to_do = "Start `manage.py run_operations`; without it nothing is sent and no lease ends."
    with contextlib.suppress(redis.RedisError):
        if broker_client().exists(NOTE_KEY):
            return Finding("Operations", Verdict.FINE, "publisher and reaper are at work")
    return Finding("Operations", Verdict.WRONG, "there is no sign of the operations process", to_do)


def check_outbox() -> Finding:
    note = read_note()
    with connections["ops"].cursor() as cursor:
        cursor.execute(_DEAD)
        dead = cursor.fetchall()
    connections["ops"].close()
    if note.stuck:
        seen = f"{note.waiting} messages wait, the oldest for {note.oldest_waiting:.0f} s, and none is done"
        return Finding("Outbox", Verdict.WRONG, seen, "Check worker and operations above, and their logs.")
    if dead:
        seen = "; ".join(f"{count} x {topic} was given up: {error[:200]}" for topic, count, error in dead)
        to_do = "Mend the cause, then repeat the work where it failed (jobs and photos have a retry in the admin)."
        return Finding("Outbox", Verdict.WARNING, seen, to_do)
    return Finding("Outbox", Verdict.FINE, f"{note.waiting} messages wait, none was given up")


def check_inference() -> Finding:
    url = f"{settings.INFERENCE_URL.rstrip('/')}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - the operator's own address
            return Finding("Inference", Verdict.FINE, f"{settings.INFERENCE_URL} answers {answer.status}")
    except (urllib.error.URLError, OSError, ValueError) as error:
        seen = f"{settings.INFERENCE_URL} does not answer ({error}); the extreme-point tool does not work"
        return Finding("Inference", Verdict.WARNING, seen, "Start `manage.py run_inference`, or set INFERENCE_URL.")
