"""A person's own pages beside the worker portal: time, pay, quality, notices and how he wants to be told."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from labeling.quality import Interval
from labeling.selectors.own_quality import own_pauses, own_qualifications, own_quality
from labeling.selectors.reviewed import reviewed_answers
from maskwright.config.views import needs_organization
from maskwright.core.charts import Point, columns
from maskwright.core.errors import DomainError, NotFound
from maskwright.core.wording import reword
from maskwright.organizations.admin_parts import actor_of
from workforce.admin.money_words import clock, line_words, money, open_sums, price, statement_rows
from workforce.ledger import CAP
from workforce.models import NoticeHook, StatementLine
from workforce.services import notices
from workforce.services.activity_reads import own_days
from workforce.services.balances import database_now, labeler_balances
from workforce.services.statement_reads import own_statement, own_statements
from workforce.services.statements import queue_titles
from workforce.states import NoticeKind

_DAYS = 30
_SHOWN = 100


def _page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    tabs = [
        ("my_time", _("My time")),
        ("my_pay", _("My pay")),
        ("my_quality", _("My quality")),
        ("my_notices", _("Notices")),
        ("my_settings", _("Settings")),
    ]
    shown = [{"url": reverse(one), "label": label, "here": one == name} for one, label in tabs]
    return TemplateResponse(request, f"portal/{name}.html", {"tabs": shown, "title": title, **context})


@require_safe
@never_cache
@needs_organization
def my_time(request: HttpRequest) -> HttpResponse:
    """The last 30 days (UTC), by day and job."""
    end = timezone.now()
    rows = own_days(actor_of(request).user.pk, start=end - timedelta(days=_DAYS), end=end)
    by_day = {day: list(group) for day, group in groupby(rows, key=lambda row: row["day"])}
    days = [
        {
            "day": day,
            "rows": [{**row, "time": clock(row["seconds"]), "rework": _rework(row)} for row in group],
            "time": clock(sum(row["seconds"] + row["rework_seconds"] for row in group)),
        }
        for day, group in by_day.items()
    ]
    whole = sum(row["seconds"] + row["rework_seconds"] for row in rows)
    context = {
        "days": days,
        "chart": columns(_minutes(by_day, end.date()), title=_("Active minutes by day"), unit=_(" min")),
        "facts": [
            (_("Active time"), clock(whole)),
            (_("Of it for rework"), clock(sum(row["rework_seconds"] for row in rows))),
            (_("Answers that count"), str(sum(row["objects"] for row in rows))),
        ],
    }
    return _page(request, "my_time", _("My time"), context)


def _rework(row: dict[str, Any]) -> str:
    return clock(row["rework_seconds"]) if row["rework_seconds"] else ""


def _minutes(by_day: dict[date, list[dict[str, Any]]], today: date) -> list[Point]:
    points = []
    for ago in range(_DAYS - 1, -1, -1):
        day = today - timedelta(days=ago)
        group = by_day.get(day, [])
        paid, free = (sum(row[name] for row in group) / 60 for name in ("seconds", "rework_seconds"))
        points.append(Point(f"{day:%m-%d}", (paid, free)))
    return points


@require_safe
@never_cache
@needs_organization
def my_pay(request: HttpRequest) -> HttpResponse:
    user_id = actor_of(request).user.pk
    balance = labeler_balances(until=database_now(), user_id=user_id).get(user_id)
    lines = balance.open_lines if balance else []
    titles = queue_titles({line.key.queue_id for line in lines})
    rows = [
        {
            "title": titles[line.key.queue_id],
            "what": line_words(line.key.unit, line.key.stage, line.quantity),
            "price": "" if line.key.unit == CAP else price(line.key.unit_price, line.key.currency),
            "amount": money(line.amount, line.key.currency),
        }
        for line in lines
    ]
    statements = [
        {"statement": one, "total": money(one.total, one.currency)} for one in own_statements(user_id)[:_SHOWN]
    ]
    context = {"lines": rows, "sum": open_sums(lines), "statements": statements}
    return _page(request, "my_pay", _("My pay"), context)


@require_safe
@never_cache
@needs_organization
def my_statement(request: HttpRequest, statement_id: uuid.UUID) -> HttpResponse:
    try:
        statement = own_statement(actor_of(request).user.pk, statement_id)
    except NotFound as error:
        raise Http404 from error
    lines = StatementLine.objects.filter(statement_id=statement.pk).order_by("position")
    context = {
        "statement": statement,
        "lines": statement_rows(lines, statement.currency),
        "sum": money(statement.total, statement.currency),
    }
    return _page(request, "my_statement", _("Statement %(number)s") % {"number": statement.number}, context)


@require_safe
@never_cache
@needs_organization
def my_quality(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = [
        {
            **row,
            "title": row["title"] or _("labeling job"),
            "acceptance": _percent(row["accepted"] / row["answers"]),
            "time": clock(row["median_seconds"]) if row["median_seconds"] else "–",
            "agreed": _percent(row["agreement"]),
            "checked": row["checked"] and _percent(row["checked"].value),
            "interval": row["checked"] and _reach(row["checked"]),
        }
        for row in own_quality(actor.user.pk)
    ]
    answers, accepted = (sum(row[name] for row in rows) for name in ("answers", "accepted"))
    facts = [
        (_("Answers in 90 days"), str(answers)),
        (_("Accepted"), _percent(accepted / answers if answers else None)),
        (_("Came back"), str(sum(row["returned"] for row in rows))),
    ]
    context = {
        "rows": rows,
        "facts": facts,
        "sent_back": reviewed_answers(actor.user.pk, actor.organization_id)["sent_back"],
        "pauses": own_pauses(actor.user.pk),
        "qualifications": [(one, _percent(one.mean_iou)) for one in own_qualifications(actor.user.pk)],
    }
    return _page(request, "my_quality", _("My quality"), context)


def _reach(found: Interval) -> str:
    return _("%(low)s to %(high)s") % {"low": _percent(found.low), "high": _percent(found.high)}


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_organization
def my_notices(request: HttpRequest) -> HttpResponse:
    user_id = actor_of(request).user.pk
    if request.method == "POST":
        notices.mark_read(user_id=user_id)
        return redirect("my_notices")
    rows = _told(notices.notices_of(user_id)[:_SHOWN])
    return _page(request, "my_notices", _("Notices"), {"rows": rows, "unread": any(row["unread"] for row in rows)})


def _told(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Equal ones of a day together, so that fifty answers that came back are one line."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in found:
        key = (one.created_at.date(), one.kind, one.title, one.read_at is None)
        row = rows.setdefault(
            key,
            {
                "at": one.created_at,
                "kind": one.kind,
                "label": NoticeKind(one.kind).label,
                "title": one.title,
                "unread": one.read_at is None,
                "count": 0,
            },
        )
        row["count"] += 1
    return list(rows.values())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_organization
def my_settings(request: HttpRequest) -> HttpResponse:
    """How one wants to be told, and the webhook, whose secret is shown once."""
    user_id = actor_of(request).user.pk
    secret = ""
    if request.method == "POST":
        try:
            secret = _saved(request, user_id)
            if not secret:
                return HttpResponseRedirect(reverse("my_settings"))
        except DomainError as error:
            for message in [problem.message for problem in error.fields] or [error.message]:
                messages.error(request, message)
    choices = notices.choices_of(user_id)
    hook = NoticeHook.objects.filter(user_id=user_id).first()
    context = {
        "choices": [(kind, NoticeKind(kind).label, choice) for kind, choice in choices.items()],
        "hook": hook,
        "problem": reword(hook.problem) if hook else "",
        "secret": secret,
        "email": actor_of(request).user.email,
    }
    return _page(request, "my_settings", _("Settings"), context)


def _saved(request: HttpRequest, user_id: uuid.UUID) -> str:
    """Do what the pressed button says; a new secret, to be shown this once."""
    given = request.POST
    match given.get("action"):
        case "hook":
            return notices.set_hook(user_id=user_id, url=given.get("url", "").strip())
        case "no_hook":
            notices.remove_hook(user_id=user_id)
            messages.success(request, _("Nothing is posted any more."))
        case _:
            chosen = [
                notices.Choice(kind, *(f"{kind}.{way}" in given for way in ("in_app", "by_mail", "by_webhook")))
                for kind in NoticeKind.values
            ]
            notices.choose(user_id=user_id, choices=chosen)
            messages.success(request, _("Saved."))
    return ""
