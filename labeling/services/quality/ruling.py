"""The quality rules of a job: the usual ones, and those that managers choose."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from labeling.models import LabelingJob, QualityRule
from labeling.quality import USUAL, BrokenRuleError, Rule
from labeling.services.jobs.lifecycle import own_job
from labeling.services.quality.usual import PARTS, as_json
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid
from maskwright.core.wording import reword

MOST_RULES = 20


def as_rule(row: QualityRule) -> Rule:
    """Raises BrokenRuleError for one that a newer release does not know any more."""
    return Rule(**{name: getattr(row, name) for name in PARTS})


def rules_of(job_id: uuid.UUID) -> list[QualityRule]:
    return list(QualityRule.objects.filter(job=own_job(job_id)).order_by("number", "pk"))


def save_rules(*, job_id: uuid.UUID, rules: Sequence[Mapping[str, Any]]) -> list[QualityRule]:
    """Make these the job's rules. One that is sent with its `id` and is otherwise as it was goes on where it is.

    A rule that was changed is a new one: it looks at everything there is. Raises Invalid with every problem, by row.
    """
    job = own_job(job_id)
    problems: list[FieldProblem] = []
    if len(rules) > MOST_RULES:
        problems.append(
            FieldProblem("rules", "too_many", _("A job has at most %(most)s rules.") % {"most": MOST_RULES})
        )
    checked: list[tuple[Mapping[str, Any], Rule]] = []
    for number, given in enumerate(rules):
        try:
            checked.append((given, Rule(**{name: given[name] for name in PARTS if given.get(name) is not None})))
        except BrokenRuleError as error:
            problems += [
                FieldProblem(f"rules.{number}.{where}", "broken", reword(text))
                for where, text in error.problems.items()
            ]
    if problems:
        raise Invalid(_("The rules were not saved; each reason is listed."), fields=tuple(problems))
    standing = {row.pk: row for row in QualityRule.objects.select_for_update(no_key=True).filter(job=job)}
    before = [(as_parts(row), row.is_active) for row in sorted(standing.values(), key=lambda one: one.number)]
    kept = [_row(job, number, given, rule, standing) for number, (given, rule) in enumerate(checked, 1)]
    QualityRule.objects.filter(job=job).exclude(pk__in=[row.pk for row in kept]).delete()
    for row in kept:
        row.save()
    after = [(as_parts(row), row.is_active) for row in kept]
    if after != before:
        record("quality_rules.changed", "labeling_job", job.pk, rules=[{**parts, "on": on} for parts, on in after])
    return kept


def lacks_usual_rules(rows: Iterable[QualityRule]) -> bool:
    return bool(_lacking(rows))


def add_usual(*, job_id: uuid.UUID) -> list[QualityRule]:
    """Add those of the usual rules that the job does not have, behind its own; all its rules as they are then.

    For jobs that were made before there were rules, or whose rules somebody removed. Raises Conflict where none lacks.
    """
    # The job's row: of a job without rules no rule could be locked, and two requests would add them twice.
    job = LabelingJob.objects.select_for_update(no_key=True).get(pk=own_job(job_id).pk)
    rows = rules_of(job.pk)
    lacking = _lacking(rows)
    if not lacking:
        raise Conflict(_("The job has the usual rules already."))
    standing = [{"id": row.pk, "is_active": row.is_active, **as_parts(row)} for row in rows]
    return save_rules(job_id=job.pk, rules=[*standing, *map(as_json, lacking)])


def _lacking(rows: Iterable[QualityRule]) -> list[Rule]:
    """One that was switched off is there: a manager wanted it so."""
    standing = [as_parts(row) for row in rows]
    return [rule for rule in USUAL if as_json(rule) not in standing]


def as_parts(row: QualityRule) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PARTS}


def _row(
    job: LabelingJob, number: int, given: Mapping[str, Any], rule: Rule, standing: Mapping[uuid.UUID, QualityRule]
) -> QualityRule:
    found = standing.get(given["id"]) if given.get("id") else None
    if found is None or as_parts(found) != as_json(rule):
        found = QualityRule(organization_id=job.organization_id, job=job, **as_json(rule))
    found.number, found.is_active = number, bool(given.get("is_active", True))
    return found
