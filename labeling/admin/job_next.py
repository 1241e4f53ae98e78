"""What happens next with a job, and who has to do something: above all where a vendor is to do the work."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from labeling.models import GoldTask, LabelingJob
from labeling.states import JobState
from workforce.models import WorkQueue
from workforce.selectors import GrantRow
from workforce.states import GrantState

_BEFORE_THE_END = (JobState.INITIALIZING, JobState.READY, JobState.IN_PROGRESS, JobState.PAUSED)


@dataclass(frozen=True)
class NextStep:
    """`text` says it. `is_waiting`: nothing goes on until the manager does something; `offers`: on the offers' page."""

    text: str
    is_waiting: bool = False
    offers: bool = False


def next_step(job: LabelingJob, queue: WorkQueue, grants: list[GrantRow], *, has_answers: bool) -> NextStep | None:
    """None where nothing needs to be said: the job is over, or people are at work on it."""
    if job.state not in _BEFORE_THE_END:
        return None
    if job.is_qualification and job.state in (JobState.READY, JobState.IN_PROGRESS):
        return _of_qualification(job)
    if queue.work_team is None:
        return _of_vendors(job, grants, has_answers=has_answers)
    team = {"team": queue.work_team.name}
    if job.state == JobState.INITIALIZING:
        if job.start_when_ready:
            return NextStep(
                gettext("When its photos have been checked it starts by itself; %(team)s gets them.") % team
            )
        return NextStep(gettext("When its photos have been checked it waits for Start."))
    if job.state == JobState.READY:
        return NextStep(gettext("Press Start: then %(team)s gets the photos.") % team, is_waiting=True)
    return None


def _of_qualification(job: LabelingJob) -> NextStep:
    if not GoldTask.objects.filter(job=job, removed_at=None).exists():
        return NextStep(
            gettext("Give its photos their right masks under Quality, Gold tasks: without any, nobody gets one."),
            is_waiting=True,
        )
    return NextStep(
        gettext(
            "Its photos are for the qualification alone. "
            "People get its gold tasks, each once; who passed has the skill."
        )
    )


def _of_vendors(job: LabelingJob, grants: list[GrantRow], *, has_answers: bool) -> NextStep | None:
    """A vendor has to accept, then to choose its teams; only then somebody works."""
    accepted = [row.vendor_name for row in grants if row.is_live]
    offered = [row.vendor_name for row in grants if row.grant.state == GrantState.OFFERED]
    if accepted:
        return _accepted(job, {"vendors": ", ".join(accepted)}, has_answers=has_answers)
    if not offered:
        return NextStep(
            gettext("Nobody can work on this job yet: it has no team. Offer it to a vendor."),
            is_waiting=True,
            offers=True,
        )
    words: dict[str, Any] = {"vendors": ", ".join(offered)}
    if job.state in (JobState.IN_PROGRESS, JobState.PAUSED):
        text = gettext("%(vendors)s must accept the offer and choose its teams before anybody works on it.")
    elif job.start_when_ready:
        text = gettext(
            "%(vendors)s must accept the offer. Then the job starts by itself, and the vendor chooses its teams."
        )
    else:
        text = gettext("%(vendors)s must accept the offer. Then press Start, and the vendor chooses its teams.")
    return NextStep(text % words)


def _accepted(job: LabelingJob, words: dict[str, Any], *, has_answers: bool) -> NextStep | None:
    if job.state == JobState.READY:
        return NextStep(
            gettext("%(vendors)s accepted. Press Start: then its teams get photos.") % words, is_waiting=True
        )
    if job.state == JobState.INITIALIZING:
        text = gettext("%(vendors)s accepted. When the photos have been checked the job starts by itself.")
        if not job.start_when_ready:
            text = gettext("%(vendors)s accepted. When the photos have been checked it waits for Start.")
        return NextStep(text % words)
    if has_answers:
        return None
    return NextStep(
        gettext(
            "%(vendors)s accepted and chooses which of its teams work on it; the first answers show that they began."
        )
        % words
    )
