"""The button that makes a photo of a job, or one of its answers, a gold task of the job."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.models import Annotation, DataObject
from labeling.selectors.objects import task_of
from labeling.services.quality.gold import make_gold
from labeling.states import JobState, TaskState
from maskwright.core.errors import NotFound
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.permissions import Permission

_ENDED = (JobState.STOPPING, JobState.STOPPED, JobState.FAILED, JobState.COMPLETED)


def _may_be_gold(item: Any) -> bool:
    task = task_of(item)
    return task is not None and task.state == TaskState.DONE and item.job.state not in _ENDED


def _make_gold(request: HttpRequest, actor: Actor, item: DataObject) -> str:
    """Its consolidated mask, or the answer that was chosen, is taken as right."""
    chosen = request.POST.get("annotation")
    if chosen:
        annotation = Annotation.objects.filter(task__data_object=item, pk=_id(chosen)).first()
        if annotation is None:
            raise NotFound(gettext("There is no such answer with a mask."))
        make_gold(job_id=item.job_id, annotation_id=annotation.pk)
    else:
        make_gold(job_id=item.job_id, object_id=item.pk)
    return gettext("It is a gold task of the job now.")


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(gettext("There is no such answer with a mask.")) from None


GOLD_ACTION = ObjectAction(
    "gold", _("Take it as gold task"), Permission.JOBS_MANAGE, _make_gold, available=_may_be_gold
)
