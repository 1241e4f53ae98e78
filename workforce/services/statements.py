"""Statements: issued with a number and a period, and never changed."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Membership, Organization
from workforce.handlers import handler
from workforce.ledger import Line, in_units, total
from workforce.models import Statement, StatementLine, Worker, WorkerIdentity, WorkGrant
from workforce.services.balances import Balance, database_now, labeler_balances, vendor_balance
from workforce.states import StatementKind


def issue_vendor_statement(*, vendor_id: uuid.UUID, until: datetime | None = None) -> list[Statement]:
    """In the customer's scope: what a vendor gets for all that counts until then and that no statement has had.

    One statement for each currency; Invalid when there is nothing to state.
    """
    until = _begin(until)
    grants = WorkGrant.objects.filter(organization_id=current_scope().organization_id, vendor_id=vendor_id)
    vendor = Organization.objects.filter(pk=vendor_id).first() if grants.exists() else None
    if vendor is None:
        raise NotFound(_("There is no vendor of that id who worked for you."))
    balance = vendor_balance(customer_id=current_scope().organization_id, vendor_id=vendor_id, until=until)
    party = Statement(kind=StatementKind.VENDOR, vendor_id=vendor_id, party=vendor.name)
    issued = _issue(party, balance, until)
    if not issued:
        raise _nothing()
    return issued


def issue_labeler_statements(
    *, user_ids: Sequence[uuid.UUID] | None = None, until: datetime | None = None
) -> list[Statement]:
    """In the employer's scope: a statement for each labeler (of those named) who has something to get.

    People who left the organization get theirs, too. Invalid when nobody has anything to get.
    """
    until = _begin(until)
    if user_ids is not None:
        _check_people(user_ids)
    balances = labeler_balances(until=until)
    wanted = sorted(balances if user_ids is None else set(user_ids) & set(balances))
    names = {user.pk: user.get_full_name() or user.username for user in User.objects.filter(pk__in=wanted)}
    issued = []
    for user_id in wanted:
        party = Statement(kind=StatementKind.LABELER, user_id=user_id, party=names[user_id])
        issued += _issue(party, balances[user_id], until)
    if not issued:
        raise _nothing()
    return issued


def _check_people(user_ids: Sequence[uuid.UUID]) -> None:
    known = set(Membership.objects.filter(user_id__in=user_ids).values_list("user_id", flat=True))
    known |= set(WorkerIdentity.objects.filter(user_id__in=user_ids).values_list("user_id", flat=True))
    if set(user_ids) - known:
        raise NotFound(_("There is no such person in your organization."))


def _nothing() -> Invalid:
    message = _("Nothing was worked until then that no statement has had yet.")
    return Invalid(message, fields=(FieldProblem("until", "nothing", message),))


def _begin(until: datetime | None) -> datetime:
    """One issue at a time for each organization, so that nothing is stated twice and numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('statement ' || %s::text, 0))",
            [current_scope().organization_id],
        )
    now = database_now()
    if until is not None and until > now:
        message = _("The period must end by now.")
        raise Invalid(message, fields=(FieldProblem("until", "future", message),))
    return until or now


def _issue(party: Statement, balance: Balance, until: datetime) -> list[Statement]:
    issued = []
    for currency in balance.currencies():
        lines = [line for line in balance.open_lines if line.key.currency == currency]
        if lines:
            issued.append(_write(party, lines, currency, until))
    return issued


def _write(party: Statement, lines: list[Line], currency: str, until: datetime) -> Statement:
    scope = current_scope()
    mine = {"vendor_id": party.vendor_id} if party.vendor_id else {"user_id": party.user_id}
    earlier = Statement.objects.filter(
        organization_id=scope.organization_id, kind=party.kind, currency=currency, **mine
    ).aggregate(end=Max("period_to"))
    now = database_now()
    statement = Statement.objects.create(
        kind=party.kind,
        vendor_id=party.vendor_id,
        user_id=party.user_id,
        party=party.party,
        issuer=Organization.objects.values_list("name", flat=True).get(pk=scope.organization_id),
        number=_next_number(now.year),
        period_from=earlier["end"],
        period_to=until,
        currency=currency,
        total=total(lines),
        issued_by=scope.user_id,
        issued_at=now,
    )
    titles = queue_titles({line.key.queue_id for line in lines})
    codes = dict(Worker.objects.filter(pk__in={line.key.worker_id for line in lines}).values_list("pk", "code"))
    ordered = sorted(lines, key=lambda line: (titles[line.key.queue_id], str(line.key.worker_id), line.key.unit))
    StatementLine.objects.bulk_create(
        StatementLine(
            organization_id=scope.organization_id,
            statement=statement,
            vendor_id=party.vendor_id,
            position=position,
            work_queue_id=line.key.queue_id,
            worker_id=line.key.worker_id,
            work_grant_id=line.key.grant_id,
            stage=line.key.stage,
            unit=line.key.unit,
            unit_price=line.key.unit_price,
            title=titles[line.key.queue_id],
            worker_code=codes.get(line.key.worker_id, "") if line.key.worker_id else "",
            quantity=line.quantity,
            amount=line.amount,
        )
        for position, line in enumerate(ordered, start=1)
    )
    record(
        "statement.issued",
        "statement",
        statement.pk,
        number=statement.number,
        party=statement.party,
        total=str(in_units(statement.total, currency)),
        currency=currency,
    )
    return statement


def _next_number(year: int) -> str:
    """Statements are never removed, so counting gives numbers without gaps; the caller holds the lock."""
    mine = Statement.objects.filter(organization_id=current_scope().organization_id, number__startswith=f"{year}-")
    return f"{year}-{mine.count() + 1:04}"


def queue_titles(queue_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the work of each queue is called: the job's name, or what its offer said when the grant is over."""
    wanted = set(queue_ids)
    titles = {queue_id: _("labeling job") for queue_id in wanted}
    offers = WorkGrant.objects.filter(work_queue_id__in=wanted).exclude(title="")
    titles |= dict(offers.values_list("work_queue_id", "title"))
    return titles | handler().queue_names(list(wanted))
