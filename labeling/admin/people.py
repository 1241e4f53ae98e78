"""Workers as managers read them: their own people by name, a vendor's by pseudonym."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html

from maskwright.organizations.admin_base import may
from maskwright.organizations.permissions import Permission
from workforce.people import own_people


class People:
    """Names of own people for who manages jobs; reviewers and auditors read pseudonyms, as the reviewing is blind."""

    def __init__(self, request: HttpRequest, workers: Iterable[Any]) -> None:
        self._names: dict[uuid.UUID, str] = {}
        if may(request, Permission.JOBS_MANAGE):
            self._names = own_people(worker.pk for worker in workers)

    def text(self, worker: Any) -> str:
        return self._names.get(worker.pk, str(worker.code))

    def cell(self, worker: Any) -> str:
        """The name with the pseudonym that stands in files and exports."""
        name = self._names.get(worker.pk)
        if name is None:
            return str(worker.code)
        return format_html('{} <span class="mw-muted mw-small mw-mono">{}</span>', name, worker.code)
