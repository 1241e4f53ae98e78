"""The pulse of open sockets: sessions, memberships, teams, grants and queue versions of all of them in one query.

Row-level security lets `app` read one organization at a time. So the part about tenants is a function of the database
(`workforce_pulse`, migration 0005) that is given pairs of organization and person and answers ids and versions only:
the cost is one round trip, however many organizations have sockets open here.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from maskwright.core.socket import NOT_FOUND, RIGHTS_ENDED, SIGNED_OUT, Pulse, Watch
from maskwright.organizations.networks import is_allowed
from maskwright.organizations.second_factor import is_needed

#: Sockets in one query. A process has fewer; beyond it the arrays and the answer would grow without bound.
CHUNK = 5000

_PULSE = """
SELECT 'session', NULL::uuid, NULL::uuid, NULL::uuid, 0, session_key FROM accounts_session
WHERE session_key = ANY (%(sessions)s) AND expire_date > clock_timestamp()
UNION ALL
SELECT 'user', NULL, id, NULL, 0, encode(sha256(convert_to(password, 'UTF8')), 'hex') FROM accounts_user
WHERE id = ANY (%(users)s::uuid[]) AND is_active
UNION ALL
SELECT 'token', NULL, NULL, id, 0, '' FROM accounts_apitoken
WHERE id = ANY (%(tokens)s::uuid[]) AND revoked_at IS NULL AND expires_at > clock_timestamp()
UNION ALL
SELECT 'networks', id, NULL, NULL, 0, array_to_string(labeler_networks, ' ') FROM organizations_organization
WHERE id = ANY (%(orgs)s::uuid[]) AND labeler_networks <> '{}'
UNION ALL
SELECT 'second_factor', id, NULL, NULL, 0, second_factor FROM organizations_organization
WHERE id = ANY (%(orgs)s::uuid[]) AND second_factor <> 'nobody'
UNION ALL
SELECT 'has_second_factor', NULL, user_id, NULL, 0, '' FROM mfa_authenticator
WHERE user_id = ANY (%(users)s::uuid[]) AND type = 'totp'
UNION ALL
SELECT 'has_second_factor', NULL, id, NULL, 0, '' FROM accounts_user
WHERE id = ANY (%(users)s::uuid[]) AND password LIKE '!%%'
UNION ALL
SELECT kind, org, person, value, version, ''
FROM workforce_pulse(%(orgs)s::uuid[], %(users)s::uuid[], %(subject_orgs)s::uuid[], %(subjects)s::uuid[])
"""

_Person = tuple[uuid.UUID, uuid.UUID]  # organization, user


class _Facts:
    """What the database says about everybody who was asked for."""

    def __init__(self) -> None:
        self.sessions: set[str] = set()
        self.tokens: set[uuid.UUID] = set()
        self.credentials: dict[uuid.UUID, str] = {}
        self.members: dict[_Person, int] = {}
        self.networks: dict[uuid.UUID, list[str]] = {}
        self.second_factor: dict[uuid.UUID, str] = {}
        self.have_second_factor: set[uuid.UUID] = set()
        self.groups: dict[_Person, set[str]] = defaultdict(set)
        self.versions: dict[_Person, dict[uuid.UUID, int]] = defaultdict(dict)
        self.subjects: dict[tuple[uuid.UUID, uuid.UUID], int] = {}

    def take(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for kind, organization, person, value, version, text in rows:
            match kind:
                case "session":
                    self.sessions.add(text)
                case "token":
                    self.tokens.add(value)
                case "networks":
                    self.networks[organization] = text.split()
                case "second_factor":
                    self.second_factor[organization] = text
                case "has_second_factor":
                    self.have_second_factor.add(person)
                case "user":
                    self.credentials[person] = text
                case "member" | "vendor":
                    self.members[organization, person] = version
                    if kind == "vendor":
                        self.groups[organization, person].add(f"vendor.{organization}")
                case "team" | "worker":
                    self.groups[organization, person].add(f"{kind}.{value}")
                case "queue":
                    self.versions[organization, person][value] = version
                case "subject":
                    self.subjects[organization, value] = version


def read_pulses(watches: Sequence[Watch]) -> list[Pulse]:
    """One pulse for each watch, in order. One query, or one for each 5,000 watches."""
    pulses: list[Pulse] = []
    for start in range(0, len(watches), CHUNK):
        chunk = watches[start : start + CHUNK]
        facts = _Facts()
        with connection.cursor() as cursor:
            cursor.execute(_PULSE, _asked(chunk))
            facts.take(cursor.fetchall())
        pulses += [_pulse(watch, facts) for watch in chunk]
    return pulses


def _asked(watches: Sequence[Watch]) -> dict[str, list[Any]]:
    """Parallel arrays: `orgs` with `users`, `subject_orgs` with `subjects`."""
    people = sorted({(watch.organization_id, watch.user_id) for watch in watches})
    subjects = sorted({(watch.organization_id, watch.subject) for watch in watches if watch.subject})
    return {
        "sessions": [watch.session_key for watch in watches if watch.session_key],
        "tokens": [watch.token_id for watch in watches if watch.token_id],
        "orgs": [organization for organization, _ in people],
        "users": [user for _, user in people],
        "subject_orgs": [organization for organization, _ in subjects],
        "subjects": [subject for _, subject in subjects],
    }


def _pulse(watch: Watch, facts: _Facts) -> Pulse:
    person = (watch.organization_id, watch.user_id)
    if facts.credentials.get(watch.user_id) != watch.credential:
        return Pulse(close=SIGNED_OUT)
    # Before the session, which ends with a membership: why it ended is what the person should hear.
    if facts.members.get(person) != watch.membership_version:
        return Pulse(close=RIGHTS_ENDED)
    if watch.address is not None and not is_allowed(watch.address, facts.networks.get(watch.organization_id, [])):
        return Pulse(close=RIGHTS_ENDED)
    needed = is_needed(watch.role, facts.second_factor.get(watch.organization_id, ""))
    if needed and watch.user_id not in facts.have_second_factor:
        return Pulse(close=RIGHTS_ENDED)
    if (watch.session_key and watch.session_key not in facts.sessions) or (
        watch.token_id and watch.token_id not in facts.tokens
    ):
        return Pulse(close=SIGNED_OUT)
    groups = frozenset({f"user.{watch.user_id}", *facts.groups[person]})
    if watch.subject is None:
        return Pulse(groups=groups, versions=facts.versions[person])
    version = facts.subjects.get((watch.organization_id, watch.subject))
    if version is None:
        return Pulse(close=NOT_FOUND)
    return Pulse(groups=groups, versions={watch.subject: version})
