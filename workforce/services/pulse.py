"""The pulse of open sockets: sessions, memberships, teams, grants and queue versions of all of them in one round trip.

Runs as `app`, so each organization is read in its own scope: the statements of all organizations, with the settings
row-level security reads between them, are sent together.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from maskwright.core.socket import NOT_FOUND, RIGHTS_ENDED, SIGNED_OUT, Pulse, Watch

_PEOPLE = """
SELECT 'session', session_key, '', 0 FROM django_session
WHERE session_key = ANY (%(sessions)s) AND expire_date > clock_timestamp()
UNION ALL
SELECT 'user', id::text, encode(sha256(convert_to(password, 'UTF8')), 'hex'), 0 FROM accounts_user
WHERE id = ANY (%(people)s) AND is_active
"""

_SCOPE = """
SELECT set_config('app.org', %(org)s, true), set_config('app.user', '', true), set_config('app.grants', '', true),
  set_config('app.queues', '', true), set_config('app.customers', '', true);
SELECT set_config('app.queues', coalesce(string_agg(work_queue_id::text, ','), ''), true) FROM workforce_workgrant
WHERE vendor_id = %(org)s::uuid AND state = 'accepted' AND revoked_at IS NULL
  AND (starts_at IS NULL OR starts_at <= clock_timestamp()) AND (expires_at IS NULL OR expires_at > clock_timestamp())
"""

_RIGHTS = """
SELECT 'member', m.user_id::text, CASE WHEN o.is_vendor THEN 'vendor' ELSE '' END, m.version
FROM organizations_membership m JOIN organizations_organization o ON o.id = m.organization_id
WHERE m.organization_id = %(org)s::uuid AND m.user_id = ANY (%(users)s) AND m.is_active AND o.is_active
UNION ALL
SELECT 'team', t.user_id::text, t.work_team_id::text, 0 FROM workforce_teammember t
WHERE t.organization_id = %(org)s::uuid AND t.user_id = ANY (%(users)s)
UNION ALL
SELECT 'worker', i.user_id::text, i.worker_id::text, 0 FROM workforce_workeridentity i
WHERE i.organization_id = %(org)s::uuid AND i.user_id = ANY (%(users)s)
UNION ALL
SELECT 'queue', t.user_id::text, q.id::text, q.version
FROM workforce_teammember t
JOIN workforce_workqueue q ON q.organization_id = t.organization_id AND q.work_team_id = t.work_team_id
WHERE t.organization_id = %(org)s::uuid AND t.user_id = ANY (%(users)s) AND q.state <> 'closed'
UNION ALL
SELECT 'queue', t.user_id::text, q.id::text, q.version
FROM workforce_teammember t
JOIN workforce_grantstaffing s ON s.organization_id = t.organization_id AND s.work_team_id = t.work_team_id
JOIN workforce_workqueue q ON q.id = s.work_queue_id
WHERE t.organization_id = %(org)s::uuid AND t.user_id = ANY (%(users)s) AND q.state <> 'closed'
UNION ALL
SELECT 'subject', '', q.id::text, q.version FROM workforce_workqueue q WHERE q.id = ANY (%(subjects)s)
"""


class _Rights:
    """What the database says about the people of one organization."""

    def __init__(self) -> None:
        self.members: dict[str, int] = {}
        self.vendors: set[str] = set()
        self.groups: dict[str, set[str]] = defaultdict(set)
        self.versions: dict[str, dict[uuid.UUID, int]] = defaultdict(dict)
        self.subjects: dict[uuid.UUID, int] = {}

    def take(self, kind: str, user: str, value: str, version: int) -> None:
        match kind:
            case "member":
                self.members[user] = version
                if value:
                    self.vendors.add(user)
            case "team" | "worker":
                self.groups[user].add(f"{kind}.{value}")
            case "queue":
                self.versions[user][uuid.UUID(value)] = version
            case "subject":
                self.subjects[uuid.UUID(value)] = version


def read_pulses(watches: Sequence[Watch]) -> list[Pulse]:
    """One pulse for each watch, in order. Must not run inside a scope; opens a short transaction of its own."""
    if not watches:
        return []
    organizations = sorted({watch.organization_id for watch in watches})
    statements, values = [_PEOPLE], _people(watches)
    for number, organization_id in enumerate(organizations):
        theirs = [watch for watch in watches if watch.organization_id == organization_id]
        names = {name: f"{name}{number}" for name in ("org", "users", "subjects")}
        for template in (_SCOPE, _RIGHTS):
            statements.append(template.replace("%(org)s", f"%({names['org']})s"))
        values[names["org"]] = str(organization_id)
        values[names["users"]] = list({watch.user_id for watch in theirs})
        values[names["subjects"]] = [watch.subject for watch in theirs if watch.subject]
        statements[-1] = statements[-1].replace("%(users)s", f"%({names['users']})s")
        statements[-1] = statements[-1].replace("%(subjects)s", f"%({names['subjects']})s")
    sets = _fetch(";\n".join(statements), values)
    sessions = {row[1] for row in sets[0] if row[0] == "session"}
    credentials = {row[1]: row[2] for row in sets[0] if row[0] == "user"}
    rights: dict[uuid.UUID, _Rights] = {}
    for organization_id, rows in zip(organizations, sets[3::3], strict=True):
        rights[organization_id] = _Rights()
        for row in rows:
            rights[organization_id].take(*row)
    return [_pulse(watch, sessions, credentials, rights[watch.organization_id]) for watch in watches]


def _fetch(sql: str, values: dict[str, Any]) -> list[list[tuple[str, str, str, int]]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        sets = [cursor.fetchall()]
        while cursor.nextset():
            sets.append(cursor.fetchall())
    return sets


def _people(watches: Sequence[Watch]) -> dict[str, Any]:
    return {
        "sessions": [watch.session_key for watch in watches if watch.session_key],
        "people": list({watch.user_id for watch in watches}),
    }


def _pulse(watch: Watch, sessions: set[str], credentials: dict[str, str], rights: _Rights) -> Pulse:
    user = str(watch.user_id)
    if credentials.get(user) != watch.credential or (watch.session_key and watch.session_key not in sessions):
        return Pulse(close=SIGNED_OUT)
    if rights.members.get(user) != watch.membership_version:
        return Pulse(close=RIGHTS_ENDED)
    groups = {f"user.{user}", *rights.groups[user]}
    if user in rights.vendors:
        groups.add(f"vendor.{watch.organization_id}")
    if watch.subject is None:
        return Pulse(groups=frozenset(groups), versions=rights.versions[user])
    if watch.subject not in rights.subjects:
        return Pulse(close=NOT_FOUND)
    return Pulse(groups=frozenset(groups), versions={watch.subject: rights.subjects[watch.subject]})
