"""What the actions of rules do, and how it is undone: a function of each for every name in `labeling.quality`."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from labeling.models import LabelingJob, QualityEvent
from labeling.quality import Rule
from labeling.quality.collectors import COLLECTORS
from workforce.models import PersonSkill, WorkerIdentity, WorkPause
from workforce.services.notices import tell_managers
from workforce.services.pauses import end_pause, pause_person
from workforce.services.skills import level_of, remove_skill, set_skill
from workforce.states import SkillSource


def act(job: LabelingJob, rule: Rule, event: QualityEvent) -> dict[str, Any]:
    """Do what the rule says and tell the managers; the answer is what `take_back` needs."""
    outcome = _ACTS[rule.action](job, rule, event)
    tell_managers(queue_id=job.work_queue_id, key=f"quality.{event.pk}")
    return outcome


def take_back(job: LabelingJob, event: QualityEvent) -> None:
    _UNDOES[event.rule["action"]](job, event)


def told(event: QualityEvent) -> str:
    """What the person himself is told, in the stored language."""
    collector = COLLECTORS[event.rule["collector"]]
    factor = 100 if collector.is_share else 1
    return collector.told % {
        "value": f"{event.value * factor:.0f}",
        "count": event.count,
        "limit": f"{event.rule['limit'] * factor:.0f}",
    }


def _pause(job: LabelingJob, rule: Rule, event: QualityEvent) -> dict[str, Any]:
    hours = rule.action_settings.get("hours")
    made = pause_person(
        queue_id=job.work_queue_id,
        worker_id=event.worker_id,
        reason=told(event),
        until=event.at + timedelta(hours=hours) if hours else None,
        cause_id=event.pk,
    )
    return {"pause": str(made.pk)}


def _end_pause(job: LabelingJob, event: QualityEvent) -> None:
    """The pause of this event alone: one that a manager made since, or that stood before, goes on."""
    if WorkPause.objects.filter(pk=event.outcome["pause"], cause_id=event.pk, ended_at=None).exists():
        end_pause(queue_id=job.work_queue_id, worker_id=event.worker_id)


def _set_skill(job: LabelingJob, rule: Rule, event: QualityEvent) -> dict[str, Any]:
    """Skills are the employer's: of a vendor's person none is set, and the managers read that."""
    user_id = _own_user(job, event.worker_id)
    if user_id is None:
        return {}
    name = " ".join(str(rule.action_settings["skill"]).split())
    level = rule.action_settings.get("level")
    level = round(min(event.value, 1.0) * PersonSkill.MAX_LEVEL) if level is None else level
    before = level_of(user_id=user_id, name=name)
    set_skill(user_id=user_id, name=name, level=level, source=SkillSource.GOLD)
    return {"skill": name, "before": before, "after": level}


def _reset_skill(job: LabelingJob, event: QualityEvent) -> None:
    """As it was before, unless somebody has changed it since."""
    user_id, outcome = _own_user(job, event.worker_id), event.outcome
    if not outcome or user_id is None or level_of(user_id=user_id, name=outcome["skill"]) != outcome["after"]:
        return
    if outcome["before"] is None:
        skill = PersonSkill.objects.get(user_id=user_id, name__iexact=outcome["skill"])
        remove_skill(skill_id=skill.pk)
    else:
        set_skill(user_id=user_id, name=outcome["skill"], level=outcome["before"])


def _own_user(job: LabelingJob, worker_id: uuid.UUID) -> uuid.UUID | None:
    """The person, where he is the organization's own."""
    own = WorkerIdentity.objects.filter(organization_id=job.organization_id, customer_id=job.organization_id)
    found: uuid.UUID | None = own.filter(worker_id=worker_id).values_list("user_id", flat=True).first()
    return found


_ACTS: dict[str, Callable[[LabelingJob, Rule, QualityEvent], dict[str, Any]]] = {
    "pause": _pause,
    "set_skill": _set_skill,
    "tell": lambda job, rule, event: {},
}
_UNDOES: dict[str, Callable[[LabelingJob, QualityEvent], None]] = {
    "pause": _end_pause,
    "set_skill": _reset_skill,
    "tell": lambda job, event: None,
}
