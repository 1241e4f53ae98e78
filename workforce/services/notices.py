"""Notices: what people are told of, by each person's own choice. Found by looking: a lost message loses none."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.audit.record import record
from maskwright.core.crypto import decrypt_json, encrypt_json
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from maskwright.core.webhooks import check_webhook
from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import Role
from workforce.gold import GOLD
from workforce.models import Notice, NoticeChoice, NoticeHook
from workforce.services.balances import database_now
from workforce.services.hours import hours_by_team, person_opens_at
from workforce.services.statements import queue_titles
from workforce.states import NoticeKind

#: How long notices are gathered before one mail or post tells of all of them.
DIGEST_SECONDS = 600.0
_PURPOSE = "notice hook"


@dataclass(frozen=True)
class Choice:
    kind: str
    in_app: bool = True
    by_mail: bool = False
    by_webhook: bool = False


def choices_of(user_id: uuid.UUID) -> dict[str, Choice]:
    """How a person wants to hear of each kind; in the app where he has not chosen."""
    rows = NoticeChoice.objects.filter(organization_id=current_scope().organization_id, user_id=user_id)
    chosen = {row.kind: Choice(row.kind, row.in_app, row.by_mail, row.by_webhook) for row in rows}
    return {kind: chosen.get(kind, Choice(kind)) for kind in NoticeKind.values}


def choose(*, user_id: uuid.UUID, choices: list[Choice]) -> None:
    """Save a person's own choices. Mail needs an address, a webhook its own; Invalid otherwise."""
    owner = current_scope().organization_id
    problems = []
    if any(one.by_mail for one in choices) and not User.objects.get(pk=user_id).email:
        message = _("Your account has no e-mail address. Ask a manager to invite you with one, or choose another way.")
        problems.append(FieldProblem("by_mail", "no_address", message))
    hooks = NoticeHook.objects.filter(organization_id=owner, user_id=user_id)
    if any(one.by_webhook for one in choices) and not hooks.exists():
        problems.append(FieldProblem("by_webhook", "no_address", _("Write the webhook's address first.")))
    if problems:
        raise Invalid(_("This cannot be chosen; each reason is listed."), fields=tuple(problems))
    for one in choices:
        values = {"in_app": one.in_app, "by_mail": one.by_mail, "by_webhook": one.by_webhook}
        NoticeChoice.objects.update_or_create(organization_id=owner, user_id=user_id, kind=one.kind, defaults=values)
    chosen: dict[str, Any] = {one.kind: [one.in_app, one.by_mail, one.by_webhook] for one in choices}
    record("notices.chosen", "user", user_id, **chosen)


def set_hook(*, user_id: uuid.UUID, url: str) -> str:
    """Set the address that a person's notices are posted to; the new secret, which is shown this once."""
    check_webhook(url)
    owner, secret = current_scope().organization_id, secrets.token_urlsafe(32)
    kept = encrypt_json({"secret": secret}, purpose=_PURPOSE).decode()
    NoticeHook.objects.update_or_create(
        organization_id=owner, user_id=user_id, defaults={"url": url, "secret": kept, "problem": ""}
    )
    record("notices.hook_set", "user", user_id, url=url)
    return secret


def remove_hook(*, user_id: uuid.UUID) -> None:
    owner = current_scope().organization_id
    NoticeHook.objects.filter(organization_id=owner, user_id=user_id).delete()
    NoticeChoice.objects.filter(organization_id=owner, user_id=user_id).update(by_webhook=False)
    record("notices.hook_removed", "user", user_id)


def hook_secret(hook: NoticeHook) -> str:
    return str(decrypt_json(hook.secret.encode(), purpose=_PURPOSE)["secret"])


def notices_of(user_id: uuid.UUID) -> QuerySet[Notice]:
    """What a person was told in the app, newest first."""
    owner = current_scope().organization_id
    return Notice.objects.filter(organization_id=owner, user_id=user_id, is_shown=True).order_by("-created_at", "-id")


def mark_read(*, user_id: uuid.UUID) -> int:
    return notices_of(user_id).filter(read_at=None).update(read_at=timezone.now())


# People of the organization's teams (its own queues, or those of live grants that the team staffs) for whom something
# is ready that they have not answered, and who are not at work now; of one queue they are told once in 12 hours. A
# qualification's places are made for who asks, so there its gold tasks are looked at.
_AVAILABLE = """
WITH teams AS (
  SELECT q.id AS queue_id, q.organization_id AS customer_id, q.work_team_id AS team_id, 'label' AS stage
  FROM workforce_workqueue q WHERE q.organization_id = %(org)s AND q.state = 'open' AND q.work_team_id IS NOT NULL
  UNION
  SELECT q.id, q.organization_id, q.review_team_id, 'review'
  FROM workforce_workqueue q WHERE q.organization_id = %(org)s AND q.state = 'open' AND q.review_team_id IS NOT NULL
  UNION
  SELECT q.id, q.organization_id, f.work_team_id, 'label' FROM workforce_grantstaffing f
  JOIN workforce_workqueue q ON q.id = f.work_queue_id AND q.state = 'open'
  WHERE f.organization_id = %(org)s AND f.work_queue_id = ANY (%(queues)s)
)
SELECT DISTINCT m.user_id, t.queue_id, t.team_id
FROM teams t
JOIN workforce_teammember m ON m.work_team_id = t.team_id AND m.organization_id = %(org)s
JOIN organizations_membership o ON o.user_id = m.user_id AND o.organization_id = %(org)s AND o.is_active
  AND (t.stage = 'label' OR o.role IN ('owner', 'manager', 'reviewer'))
LEFT JOIN workforce_workeridentity i ON i.user_id = m.user_id AND i.organization_id = %(org)s
  AND i.customer_id = t.customer_id
WHERE (EXISTS (
    SELECT 1 FROM workforce_slot s WHERE s.work_queue_id = t.queue_id AND s.stage = t.stage AND s.state = 'ready'
      AND (s.reserved_worker_id IS NULL OR s.reserved_worker_id = i.worker_id OR s.reserved_until < clock_timestamp())
      AND (i.worker_id IS NULL OR NOT EXISTS (SELECT 1 FROM workforce_claim c WHERE c.work_item_id = s.work_item_id
        AND c.worker_id = i.worker_id AND c.state IN ('submitted', 'declined'))))
    OR t.stage = 'label' AND EXISTS (
      SELECT 1 FROM workforce_workitem g JOIN workforce_workqueue k ON k.id = g.work_queue_id AND k.is_qualification
      WHERE g.work_queue_id = t.queue_id AND g.state = 'gold' AND g.audience_id = %(gold)s
        AND (i.worker_id IS NULL OR NOT EXISTS (SELECT 1 FROM workforce_claim c WHERE c.work_item_id = g.id
          AND c.worker_id = i.worker_id AND c.state IN ('submitted', 'declined')))))
  AND NOT EXISTS (SELECT 1 FROM workforce_workeridentity x JOIN workforce_claim c ON c.worker_id = x.worker_id
    WHERE x.user_id = m.user_id AND x.organization_id = %(org)s
      AND (c.state = 'live' OR c.ended_at > clock_timestamp() - interval '15 minutes'))
  AND NOT EXISTS (SELECT 1 FROM workforce_notice n WHERE n.user_id = m.user_id AND n.organization_id = %(org)s
    AND n.kind = 'available' AND n.work_queue_id = t.queue_id
    AND n.created_at > clock_timestamp() - interval '12 hours')
"""

# Answers that came back within the last day; the entry's id keeps each from being told twice.
_RETURNED = """
SELECT i.user_id, l.work_queue_id, l.id FROM workforce_ledgerentry l
JOIN workforce_workeridentity i ON i.worker_id = l.worker_id AND i.organization_id = %(org)s
WHERE ((l.organization_id = %(org)s AND l.vendor_id IS NULL) OR l.vendor_id = %(org)s)
  AND l.kind = 'object' AND l.stage = 'label' AND l.reason = 'taken_back'
  AND l.at > clock_timestamp() - interval '1 day'
  AND NOT EXISTS (SELECT 1 FROM workforce_notice n WHERE n.organization_id = %(org)s AND n.user_id = i.user_id
    AND n.key = 'returned.' || l.id)
"""


# Pauses of the last day: for the person, and for the managers of his employer.
_PAUSED = """
WITH pauses AS (
  SELECT p.id, p.work_queue_id, p.worker_id FROM workforce_workpause p
  WHERE ((p.organization_id = %(org)s AND p.vendor_id IS NULL) OR p.vendor_id = %(org)s)
    AND p.created_at > clock_timestamp() - interval '1 day'
), told AS (
  SELECT i.user_id, p.work_queue_id, p.id FROM pauses p
  JOIN workforce_workeridentity i ON i.worker_id = p.worker_id AND i.organization_id = %(org)s
  UNION
  SELECT o.user_id, p.work_queue_id, p.id FROM pauses p
  JOIN organizations_membership o ON o.organization_id = %(org)s AND o.is_active AND o.role IN ('owner', 'manager')
)
SELECT t.* FROM told t WHERE NOT EXISTS (SELECT 1 FROM workforce_notice n WHERE n.organization_id = %(org)s
  AND n.user_id = t.user_id AND n.key = 'paused.' || t.id)
"""


def tell_managers(*, queue_id: uuid.UUID, key: str) -> int:
    """Tell the managers of the organization in scope that a quality rule acted; once for each key."""
    owner = current_scope().organization_id
    managers = Membership.objects.filter(organization_id=owner, is_active=True, role__in=(Role.OWNER, Role.MANAGER))
    return _add([(user, NoticeKind.QUALITY, queue_id, key) for user in managers.values_list("user_id", flat=True)])


def find_notices() -> int:
    """Tell the people of the organization in scope what there is to tell; how many notices were added.

    Nobody is told anything while none of his teams works; it is found again when one does. May run twice at once: a
    notice's key is unique.
    """
    scope, now = current_scope(), database_now()
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, {"org": scope.organization_id})
        found = [(user, NoticeKind.RETURNED, queue, f"returned.{entry}") for user, queue, entry in cursor.fetchall()]
        cursor.execute(_PAUSED, {"org": scope.organization_id})
        found += [(user, NoticeKind.PAUSED, queue, f"paused.{pause}") for user, queue, pause in cursor.fetchall()]
        cursor.execute(_AVAILABLE, {"org": scope.organization_id, "queues": list(scope.queues), "gold": GOLD})
        ready = cursor.fetchall()
    open_teams = _open_teams({team for _user, _queue, team in ready}, now)
    half = int(now.timestamp() // 43200)
    found += [
        (user, NoticeKind.AVAILABLE, queue, f"available.{queue}.{half}")
        for user, queue, team in ready
        if team in open_teams
    ]
    awake = {user: person_opens_at(user, now) <= now for user in {one[0] for one in found}}
    return _add([one for one in found if awake[one[0]]])


def _open_teams(teams: set[uuid.UUID], now: datetime) -> set[uuid.UUID]:
    schedules = hours_by_team()
    return {team for team in teams if team not in schedules or schedules[team].is_open(now)}


def _add(found: list[tuple[uuid.UUID, NoticeKind, uuid.UUID, str]]) -> int:
    if not found:
        return 0
    owner = current_scope().organization_id
    titles = queue_titles({queue for _user, _kind, queue, _key in found})
    choices = {user: choices_of(user) for user in {one[0] for one in found}}
    notices = [
        Notice(
            organization_id=owner,
            user_id=user,
            kind=kind,
            key=key,
            work_queue_id=queue,
            title=titles[queue],
            is_shown=choices[user][kind].in_app,
            to_mail=choices[user][kind].by_mail,
            to_post=choices[user][kind].by_webhook,
        )
        for user, kind, queue, key in found
    ]
    before = Notice.objects.filter(organization_id=owner).count()
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    messages: list[Message] = []
    for user in {one.user_id for one in notices if one.to_mail or one.to_post}:
        payload: dict[str, Any] = {"user_id": str(user)}
        messages.append(Message("notice.deliver", owner, payload, key=str(user), delay=DIGEST_SECONDS))
    emit(*messages)
    return Notice.objects.filter(organization_id=owner).count() - before
