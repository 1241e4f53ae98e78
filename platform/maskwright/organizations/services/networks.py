"""Change from which networks an organization's labelers may work."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Organization
from maskwright.organizations.networks import read_networks


def labeler_networks() -> list[str]:
    """Those of the organization in scope; empty: from everywhere."""
    found: list[str] = Organization.objects.values_list("labeler_networks", flat=True).get(
        pk=current_scope().organization_id
    )
    return found


def set_labeler_networks(networks: Sequence[str]) -> list[str]:
    """Holds at once: for requests from the next one on, for open sockets within seconds. Raises Invalid."""
    wanted, problems = read_networks(networks)
    if problems:
        raise Invalid(_("The networks cannot be set like this; each reason is listed."), fields=tuple(problems))
    organization = Organization.objects.select_for_update(no_key=True).get(pk=current_scope().organization_id)
    if organization.labeler_networks != wanted:
        before, organization.labeler_networks = organization.labeler_networks, wanted
        organization.save(update_fields=["labeler_networks"])
        record("labeler_networks.set", "organization", organization.pk, before=before, networks=wanted)
    return wanted
