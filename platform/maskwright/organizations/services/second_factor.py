"""Change who needs a second factor in an organization, and help a member who lost his."""

import uuid

from django.utils.translation import gettext as _

from maskwright.accounts.second_factor import remove_second_factor
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Organization
from maskwright.organizations.permissions import SecondFactor
from maskwright.organizations.services.passwords import member_of_here_alone


def second_factor_rule() -> str:
    """Of the organization in scope."""
    found: str = Organization.objects.values_list("second_factor", flat=True).get(pk=current_scope().organization_id)
    return found


def set_second_factor_rule(rule: str) -> str:
    """Holds at once: for requests from the next one on, for open sockets within seconds. Raises Invalid."""
    if rule not in SecondFactor.values:
        message = _("Choose one of %(choices)s.") % {"choices": ", ".join(SecondFactor.values)}
        raise Invalid(message, fields=(FieldProblem("required_for", "choice", message),))
    organization = Organization.objects.select_for_update(no_key=True).get(pk=current_scope().organization_id)
    if organization.second_factor != rule:
        before, organization.second_factor = organization.second_factor, rule
        organization.save(update_fields=["second_factor"])
        record("second_factor.set", "organization", organization.pk, before=before, required_for=rule)
    return rule


def remove_member_second_factor(*, membership_id: uuid.UUID) -> bool:
    """A member of the organization in scope signs in by his password alone again; whether he had a second factor.

    As for a password link: not where the account is used outside of the organization (NotAllowed).
    """
    membership = member_of_here_alone(membership_id)
    removed = remove_second_factor(membership.user)
    if removed:
        record("member.second_factor_removed", "membership", membership.pk)
    return removed
