"""Pictures of instructions that labelers would not see, with what to do."""

import re
import uuid
from urllib.parse import unquote

from django.utils.translation import gettext as _

from labeling.instructions import is_shown, pictures_of
from labeling.models import UploadedFile
from maskwright.core.errors import FieldProblem
from maskwright.core.scope import current_scope

_SHOWN_ADDRESS = 100
_ADDRESS = re.compile(r"/api/v1/uploads/([0-9a-f-]{36})/files/(.+)")


def picture_problems(instructions: str) -> list[FieldProblem]:
    """Pictures that labelers would not see: those elsewhere, and those that are not there."""
    problems = []
    for address in dict.fromkeys(pictures_of(instructions)):
        shown = address if len(address) <= _SHOWN_ADDRESS else f"{address[:_SHOWN_ADDRESS]}…"
        if not is_shown(address):
            message = _(
                "Labelers would not see the picture %(address)s: pictures elsewhere would tell their host who works "
                "when. Download it, put it in with “Insert a picture”, and remove this address."
            )
            problems.append(FieldProblem("instructions", "external_picture", message % {"address": shown}))
        elif not _is_there(address):
            message = _("There is no picture at %(address)s in your organization. Put it in with “Insert a picture”.")
            problems.append(FieldProblem("instructions", "missing_picture", message % {"address": shown}))
    return problems


def _is_there(address: str) -> bool:
    match = _ADDRESS.fullmatch(address)
    if match is None:  # stands in the text itself
        return True
    owner = current_scope().organization_id
    try:
        upload_id = uuid.UUID(match[1])
    except ValueError:
        return False
    files = UploadedFile.objects.filter(organization_id=owner, upload_id=upload_id)
    return files.filter(name=unquote(match[2])).exists()
