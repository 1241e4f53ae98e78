"""The queue of a job in the managers' admin: look at it, move work in it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.models import LabelingJob
from labeling.selectors.queue import job_queue_json
from labeling.services import moves
from maskwright.core.errors import DomainError, Invalid

WHY = {
    "no_team": _("The job has no team and no vendor. Choose a team, or offer it to a vendor."),
    "nobody_skilled": _("Nobody in the team has the skills the job requires. Give them, or require less."),
    "nobody_left": _("Everybody in the team has answered or declined it. Add people to the team."),
    "unassigned": _("Its share of the job is free. Offer it to a vendor, or give it to your own people."),
    "kept": _("It is kept for one person. It comes free by itself, or keep it for somebody else."),
}


def queue_context(job: LabelingJob, *, names: bool) -> dict[str, Any]:
    """What the page shows."""
    queue = job_queue_json(job.pk, names=names)
    for row in queue["starving"]:
        row["words"] = WHY[row["why"]]
    return {"queue": queue}


def move(request: HttpRequest, job: LabelingJob, back: str) -> HttpResponseRedirect:
    """Do what a button of the page says: `action`, `subject` (an object or a claim) and perhaps `worker`."""
    try:
        messages.success(request, _moved(job, request.POST))
    except DomainError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(back)


def _moved(job: LabelingJob, given: Any) -> str:
    subject, worker = _id(given.get("subject", "")), given.get("worker", "")
    match given.get("action"):
        case "put_back":
            moves.put_back_object(object_id=subject)
            return gettext("Put back. Everybody is offered it again.")
        case "give_up":
            moves.give_up_object(object_id=subject)
            return gettext("Given up. The photo's page can try it again.")
        case "keep":
            moves.keep_object(object_id=subject, worker_id=_id(worker))
            return gettext("Kept for the chosen person.")
        case "reassign":
            moves.reassign_claim_of_job(job_id=job.pk, claim_id=subject, worker_id=_id(worker) if worker else None)
            return gettext("Taken away. Its holder is told; his draft is kept.")
    raise Invalid(gettext("Choose what to do with it."))


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Invalid(gettext("Choose a labeler.")) from None
