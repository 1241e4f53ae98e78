"""Change from which hosts the pages of an organization's task templates may load."""

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Organization
from maskwright.organizations.template_hosts import read_hosts


def template_hosts(organization_id: uuid.UUID | None = None) -> list[str]:
    """Those of an organization (of the one in scope, when none is named): of the customer whose template it is."""
    found: list[str] = Organization.objects.values_list("template_hosts", flat=True).get(
        pk=organization_id or current_scope().organization_id
    )
    return found


def set_template_hosts(hosts: Sequence[str]) -> list[str]:
    """Holds for pages that open from now on. Raises Invalid."""
    wanted, problems = read_hosts(hosts)
    if problems:
        raise Invalid(_("The hosts cannot be set like this; each reason is listed."), fields=tuple(problems))
    organization = Organization.objects.select_for_update(no_key=True).get(pk=current_scope().organization_id)
    if organization.template_hosts != wanted:
        before, organization.template_hosts = organization.template_hosts, wanted
        organization.save(update_fields=["template_hosts"])
        record("template_hosts.set", "organization", organization.pk, before=before, hosts=wanted)
    return wanted
