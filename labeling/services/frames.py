"""The page of a task's own template: rendered for a live claim, or for a manager who wants to see it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labeling.errors import NoFrame
from labeling.liquid import FileAccess, Rendered, TemplateError, render_template
from labeling.models import DataObject, JobRevision
from labeling.services.claim_context import ClaimContext, read_claim
from labeling.services.granted_files import access_for_claim, access_for_preview
from labeling.services.jobs.lifecycle import own_job
from labeling.services.task_input import task_input
from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from maskwright.core.templatetags.vite import crowd_script
from maskwright.organizations.services.template_hosts import template_hosts
from workforce.errors import LeaseLost


@dataclass(frozen=True)
class FramePage:
    """`hosts`: from where it may load besides, by its customer's allow list."""

    page: str
    hosts: Sequence[str] = ()


class TemplateFailed(NoFrame):
    """The template cannot be rendered with this task's input; the message says where and why."""

    code = "template_failed"
    status = 422


def is_framed(claim: ClaimContext) -> bool:
    """Reviews have our own editor, with the answers as layers. So has everybody where the bundle was not built."""
    return claim.is_framed and not claim.is_review and _script() is not None


def claim_page(*, user_id: uuid.UUID, claim_id: uuid.UUID, files: str) -> FramePage:
    """The page for who holds the claim. Raises LeaseLost, NoFrame, TemplateFailed."""
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if not claim.is_live:
        raise LeaseLost(_("The time for this assignment is over; its photo is not yours to see any more."))
    if not is_framed(claim):
        raise NoFrame(_("This task is done in the editor; it has no page of its own."))
    revision = JobRevision.objects.get(job_id=claim.job_id, number=claim.revision)
    access = access_for_claim(
        base=files, organization_id=current_scope().organization_id, user_id=user_id, claim_id=claim_id
    )
    values = task_input(
        data_object_id=claim.data_object_id,
        task_type=claim.task_type,
        source_ref=claim.source_ref,
        categories=claim.categories,
        template_input=revision.template_input,
    )
    return _page(revision.source, values, access, claim.organization_id)


def job_page(*, user_id: uuid.UUID, job_id: uuid.UUID, data_object_id: uuid.UUID | None, files: str) -> FramePage:
    """The page as labelers of an own job will see it, with one of its photos. Raises NoFrame, TemplateFailed."""
    job = own_job(job_id)
    revision = JobRevision.objects.get(job=job, number=job.revision)
    if not revision.source:
        raise NoFrame(_("This job is done in the editor; it has no page of its own."))
    photos = DataObject.objects.filter(job=job, problem_code="")
    photo = (photos.filter(pk=data_object_id) if data_object_id else photos.order_by("index")).first()
    if photo is None:
        raise NotFound(_("The job has no photo yet that could be shown."))
    values = task_input(
        data_object_id=photo.pk,
        task_type=job.task_type,
        source_ref=photo.source_ref,
        categories=revision.categories,
        template_input=revision.template_input,
    )
    return _page(revision.source, values, _preview_access(user_id, files), job.organization_id)


def source_page(*, user_id: uuid.UUID, source: str, values: dict[str, Any], files: str) -> FramePage:
    """The page of a template that is being written. Raises TemplateFailed."""
    return _page(source, values, _preview_access(user_id, files), current_scope().organization_id)


def _script() -> str | None:
    return crowd_script(get_language() or settings.LANGUAGE_CODE)


def _preview_access(user_id: uuid.UUID, files: str) -> FileAccess:
    return access_for_preview(base=files, organization_id=current_scope().organization_id, user_id=user_id)


def _page(source: str, values: dict[str, Any], access: FileAccess, owner: uuid.UUID) -> FramePage:
    address = _script()
    script = f'<script src="{address}"></script>' if address else "<!-- the elements are not built: `make setup` -->"
    try:
        found: Rendered = render_template(source, values, access, script=script)
    except TemplateError as error:
        message = _("The template of this task cannot be shown. %(sentence)s") % {"sentence": error.problem.sentence}
        raise TemplateFailed(message) from error
    return FramePage(found.page, template_hosts(owner))
