"""The rules that a new job begins with."""

from collections.abc import Mapping
from typing import Any

from labeling.models import LabelingJob, QualityRule
from labeling.quality import USUAL, Rule

#: The parts of a rule, which its row has as columns.
PARTS = ("collector", "condition", "limit", "at_least", "collector_settings", "action", "action_settings")


def as_json(rule: Rule) -> dict[str, Any]:
    found = {name: getattr(rule, name) for name in PARTS}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in found.items()}


def add_usual_rules(job: LabelingJob) -> None:
    QualityRule.objects.bulk_create(
        [
            QualityRule(organization_id=job.organization_id, job=job, number=number, **as_json(rule))
            for number, rule in enumerate(USUAL, 1)
        ]
    )
