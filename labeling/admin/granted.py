"""The vendor's page of a live grant: what the job is, how far it is, and photos where the customer allows it."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from labeling.admin.withdrawal_page import vendor_page
from labeling.instructions import render_instructions
from labeling.selectors.granted import granted_job_detail, granted_job_list
from labeling.states import TaskState
from workforce.admin import describe_granted_work, withdrawals_by
from workforce.models import WorkGrant

withdrawals_by(vendor_page)


@describe_granted_work
def granted_job(grant: WorkGrant) -> dict[str, Any]:
    job = granted_job_list().filter(work_queue_id=grant.work_queue_id).first()
    if job is None:
        return {}
    found = granted_job_detail(job.pk)
    return {
        "granted": found,
        # Cleaned by an allow list when it was rendered.
        "instructions": SafeString(render_instructions(found.revision.instructions)),
        "counts": [(label, found.tasks.get(state, 0)) for state, label in TaskState.choices],
        "photos": [
            (photo.index, reverse("object_image", args=[photo.pk]), reverse("object_thumbnail", args=[photo.pk]))
            for photo in found.photos
        ],
    }
