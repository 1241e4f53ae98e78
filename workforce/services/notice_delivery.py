"""Deliver a person's waiting notices: one mail and one post for all of them, whatever their number."""

import json
import uuid
from itertools import groupby

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maskwright.accounts.models import User
from maskwright.core.errors import DomainError
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope
from maskwright.core.webhooks import WebhookFailed, post_signed
from maskwright.organizations.models import Membership, Organization
from workforce.models import Notice, NoticeHook
from workforce.services.balances import database_now
from workforce.services.hours import person_opens_at
from workforce.services.notices import hook_secret
from workforce.states import NoticeKind

_NAMESPACE = uuid.UUID("6b1f6a3e-0b0f-4c63-9a55-0d1c2c1f7b11")


def deliver(*, organization_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Send what waits for a person, or put it off until a team of his works. Marked when it is out: what was killed in
    between goes out again, under the same delivery id. Raises when a way failed, so that the message is tried again."""
    with organization_scope(organization_id, user_id=user_id):
        if not Membership.objects.filter(user_id=user_id, is_active=True).exists():
            return
        now = database_now()
        opens = person_opens_at(user_id, now)
        if opens > now:
            delay = (opens - now).total_seconds() + 1
            emit(Message("notice.deliver", organization_id, {"user_id": str(user_id)}, key=str(user_id), delay=delay))
            return
        person = User.objects.get(pk=user_id)
        sender = Organization.objects.values_list("name", flat=True).get(pk=organization_id)
        mails = list(Notice.objects.filter(user_id=user_id, to_mail=True, mailed_at=None).order_by("created_at"))
        posts = list(Notice.objects.filter(user_id=user_id, to_post=True, posted_at=None).order_by("created_at"))
        hook = NoticeHook.objects.filter(user_id=user_id).first()
    failures = []
    if mails and person.email:
        try:
            _mail(person, sender, mails)
            _mark(organization_id, mails, "mailed_at")
        except OSError as error:
            failures.append(f"mail: {error}")
    if posts and hook is not None:
        problem = _post(hook, organization_id, posts)
        with organization_scope(organization_id, user_id=user_id):
            NoticeHook.objects.filter(pk=hook.pk).update(problem=problem[:300])
        if problem:
            failures.append(problem)
        else:
            _mark(organization_id, posts, "posted_at")
    if failures:
        raise WebhookFailed("; ".join(failures))


def _mark(organization_id: uuid.UUID, notices: list[Notice], column: str) -> None:
    with organization_scope(organization_id):
        Notice.objects.filter(pk__in=[one.pk for one in notices]).update(**{column: timezone.now()})


def _mail(person: User, sender: str, notices: list[Notice]) -> None:
    with translation.override(getattr(person, "language", "") or settings.LANGUAGE_CODE):
        lines = [_line(kind, title, count) for kind, title, count in _counted(notices)]
        subject = _("%(organization)s: news of your work") % {"organization": sender}
        text = "\n".join(lines)
        link = f"{settings.PUBLIC_URL.rstrip('/')}/work/"
        foot = _("You chose to be told by e-mail. Change that here: %(link)s") % {"link": f"{link}settings/"}
        send_mail(subject, f"{text}\n\n{link}\n\n{foot}\n", None, [person.email])


def _counted(notices: list[Notice]) -> list[tuple[str, str, int]]:
    ordered = sorted(notices, key=lambda one: (one.kind != NoticeKind.RETURNED, one.title))
    return [(kind, title, len(list(rows))) for (kind, title), rows in groupby(ordered, lambda o: (o.kind, o.title))]


_WORDS = {
    NoticeKind.AVAILABLE: gettext_lazy("%(title)s: there is work for you."),
    NoticeKind.PAUSED: gettext_lazy("%(title)s: somebody was paused. Who and why stands on the pages about quality."),
    NoticeKind.QUALITY: gettext_lazy("%(title)s: a quality rule acted. What it did stands on the job's quality page."),
}


def _line(kind: str, title: str, count: int) -> str:
    if kind == NoticeKind.RETURNED:
        words = ngettext("%(title)s: one answer came back.", "%(title)s: %(count)d answers came back.", count)
        return words % {"title": title, "count": count}
    return _WORDS[NoticeKind(kind)] % {"title": title}


def _post(hook: NoticeHook, organization_id: uuid.UUID, notices: list[Notice]) -> str:
    """The problem in words; "" when it arrived."""
    delivery = str(uuid.uuid5(_NAMESPACE, ",".join(sorted(str(one.pk) for one in notices))))
    body = {
        "delivery": delivery,
        "organization": str(organization_id),
        "notices": [
            {
                "id": str(one.pk),
                "kind": one.kind,
                "title": one.title,
                "work_queue": str(one.work_queue_id),
                "at": one.created_at.isoformat(),
            }
            for one in notices
        ],
    }
    try:
        post_signed(hook.url, hook_secret(hook), json.dumps(body).encode(), delivery=delivery)
    except (WebhookFailed, DomainError) as error:
        return str(getattr(error, "message", error)) or type(error).__name__
    return ""
