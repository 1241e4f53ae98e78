"""Run a job's rules on one person, and undo what one did."""

import uuid
from datetime import datetime

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from labeling.models import LabelingJob, QualityEvent, QualityRule
from labeling.quality import BrokenRuleError, Measurement, Rule, fires
from labeling.services.jobs.lifecycle import own_job
from labeling.services.quality.acting import act, take_back
from labeling.services.quality.evidence import read_evidence, since
from labeling.services.quality.ruling import as_rule
from labeling.services.quality.usual import as_json
from labeling.states import EventState
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, NotFound
from maskwright.core.scope import current_scope
from workforce.models import Worker
from workforce.services.gold import lock_person


def run_rules(job: LabelingJob, worker_id: uuid.UUID) -> int:
    """How many rules acted. Each looks only at what became known of the person after it last acted on him."""
    rules = list(QualityRule.objects.filter(job=job, is_active=True).order_by("number", "pk"))
    if not rules:
        return 0
    lock_person(queue_id=job.work_queue_id, worker_id=worker_id)
    evidence = read_evidence(job, worker_id)
    last = dict(
        QualityEvent.objects.filter(job=job, worker_id=worker_id).values_list("rule_id").annotate(Max("at")).order_by()
    )
    acted = 0
    for row in rules:
        try:
            rule = as_rule(row)
        except BrokenRuleError:  # of a newer release; the page shows it as it is
            continue
        found = fires(rule, since(evidence, last.get(row.pk)))
        if found is not None:
            _act(job, row.pk, rule, worker_id, found)
            acted += 1
    return acted


def _act(job: LabelingJob, rule_id: uuid.UUID, rule: Rule, worker_id: uuid.UUID, found: Measurement) -> None:
    worker = Worker.objects.get(pk=worker_id)
    event = QualityEvent(
        organization_id=job.organization_id,
        job=job,
        rule_id=rule_id,
        rule=as_json(rule),
        worker=worker,
        vendor_id=worker.vendor_id,
        value=found.value,
        low=found.low,
        high=found.high,
        count=found.count,
        at=_now(),
    )
    event.outcome = act(job, rule, event)
    event.save(force_insert=True)
    record(
        "quality_rule.acted",
        "labeling_job",
        job.pk,
        event=event.pk,
        worker=worker.code,
        action=rule.action,
        collector=rule.collector,
        value=round(found.value, 4),
        count=found.count,
        limit=rule.limit,
    )


def undo_event(*, job_id: uuid.UUID, event_id: uuid.UUID) -> QualityEvent:
    """Undo what a rule did, once. It does not act again on the same evidence; on what comes after it does."""
    job = own_job(job_id)
    event: QualityEvent | None = (
        QualityEvent.objects.select_for_update(no_key=True, of=("self",))
        .select_related("worker")
        .filter(pk=event_id, job=job)
        .first()
    )
    if event is None:
        raise NotFound(_("No rule of this job did that."))
    if event.state == EventState.UNDONE:
        raise Conflict(_("This was undone already."))
    take_back(job, event)
    event.state, event.undone_at, event.undone_by = EventState.UNDONE, _now(), current_scope().user_id
    event.save(update_fields=["state", "undone_at", "undone_by"])
    record("quality_rule.undone", "labeling_job", job.pk, event=event.pk, worker=event.worker.code)
    return event


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found
