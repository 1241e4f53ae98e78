"""Statements as either side may read them."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from workforce.models import Statement


def statement_list(*, kind: str = "", side: str = "") -> QuerySet[Statement]:
    """Those the organization issued (`issued`), got as a vendor (`received`), or both, newest first."""
    owner = current_scope().organization_id
    found = Statement.objects.order_by("-issued_at", "-number")
    if kind:
        found = found.filter(kind=kind)
    if side == "issued":
        return found.filter(organization_id=owner)
    if side == "received":
        return found.filter(vendor_id=owner)
    return found


def statement_detail(statement_id: uuid.UUID) -> Statement:
    statement = Statement.objects.filter(pk=statement_id).first()
    if statement is None:
        raise NotFound(_("There is no such statement."))
    return statement


def own_statements(user_id: uuid.UUID) -> QuerySet[Statement]:
    """A labeler's own, newest first."""
    owner = current_scope().organization_id
    return Statement.objects.filter(organization_id=owner, user_id=user_id).order_by("-issued_at", "-number")


def own_statement(user_id: uuid.UUID, statement_id: uuid.UUID) -> Statement:
    """One of a labeler's own; NotFound for anybody else's."""
    statement = own_statements(user_id).filter(pk=statement_id).first()
    if statement is None:
        raise NotFound(_("There is no such statement."))
    return statement
