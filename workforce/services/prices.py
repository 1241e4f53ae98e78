"""What an employer pays its people: rates that hold for work claimed from a time on, never for work before it."""

import re
import uuid
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Membership
from workforce.models import PayRate, WorkQueue
from workforce.services.balances import database_now
from workforce.states import Stage

_MOST = Decimal("999999")


def set_rate(
    *,
    price_per_object: Decimal | None = None,
    price_per_hour: Decimal | None = None,
    currency: str = "",
    work_queue_id: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
    stage: str = Stage.LABEL,
    valid_from: datetime | None = None,
) -> PayRate:
    """Add a rate for one queue, one person, both, or everybody; it replaces the scope's older one from then on.

    Neither price: nothing is paid. `valid_from` may lie ahead; a time that is over is refused, since what was taken at
    a price is paid at it. Raises Invalid with every problem.
    """
    now = database_now()
    problems = _price_problems(price_per_object, price_per_hour, currency)
    if valid_from is not None and valid_from < now:
        problems.append(FieldProblem("valid_from", "past", _("A price holds from now or later, never from before.")))
    if work_queue_id is not None and not WorkQueue.objects.filter(pk=work_queue_id).exists():
        problems.append(FieldProblem("work_queue", "not_found", _("There is no such work queue.")))
    if user_id is not None and not Membership.objects.filter(user_id=user_id).exists():
        problems.append(FieldProblem("user", "not_found", _("There is no such person in your organization.")))
    if stage not in Stage.values:
        problems.append(FieldProblem("stage", "unknown", _("Choose 'label' or 'review'.")))
    if problems:
        raise Invalid(_("The price cannot be set like this; each reason is listed."), fields=tuple(problems))
    rate = PayRate.objects.create(
        work_queue_id=work_queue_id,
        user_id=user_id,
        stage=stage,
        price_per_object=price_per_object,
        price_per_hour=price_per_hour,
        currency=currency if price_per_object is not None or price_per_hour is not None else "",
        valid_from=valid_from or now,
        created_by=current_scope().user_id,
    )
    record(
        "pay_rate.set",
        "pay_rate",
        rate.pk,
        work_queue=work_queue_id,
        user=user_id,
        stage=stage,
        price_per_object=price_per_object,
        price_per_hour=price_per_hour,
        currency=rate.currency,
    )
    return rate


def _price_problems(per_object: Decimal | None, per_hour: Decimal | None, currency: str) -> list[FieldProblem]:
    found = []
    if per_object is not None and per_hour is not None:
        message = _("Set a price per object or per hour, not both.")
        found.append(FieldProblem("price_per_hour", "two_prices", message))
    for path, price in (("price_per_object", per_object), ("price_per_hour", per_hour)):
        if price is not None and not 0 <= price <= _MOST:
            found.append(FieldProblem(path, "out_of_range", _("Write a price from 0 to 999999.")))
    if (per_object is not None or per_hour is not None) and not re.fullmatch("[A-Z]{3}", currency):
        message = _("Write the currency as three capital letters, such as EUR.")
        found.append(FieldProblem("currency", "currency", message))
    return found
