"""What the settings of a job may be; every rule gives a problem instead of stopping at the first."""

import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.consolidation import rule_names
from labeling.manifests.subset import MAX_PATTERN_CHARS, MAX_PATTERNS, read_patterns
from labeling.services.task_templates import MAX_SECONDS, MIN_SECONDS
from maskwright.core.errors import FieldProblem
from maskwright.core.wording import number
from workforce.distribution import POLICIES
from workforce.models import WorkTeam

MAX_NAME, MAX_ATTRIBUTE = 63, 127
MAX_LABELERS = 9
ATTRIBUTE = _WORDS = re.compile(r"[a-zA-Z0-9]+(-+[a-zA-Z0-9]+)*")  # Ground Truth: letters, digits, hyphens between them


def name_problems(name: str) -> Iterator[FieldProblem]:
    if not _WORDS.fullmatch(name) or len(name) > MAX_NAME:
        message = _(
            "A job's name has 1 to %(most)s letters and digits, with hyphens between them, such as street-1."
        ) % {"most": MAX_NAME}
        yield FieldProblem("name", "bad_name", message)


def attribute_problems(attribute: str) -> Iterator[FieldProblem]:
    path = "label_attribute_name"
    if not _WORDS.fullmatch(attribute) or len(attribute) > MAX_ATTRIBUTE:
        message = _("The label attribute has 1 to %(most)s letters and digits, with hyphens between them.") % {
            "most": MAX_ATTRIBUTE
        }
        yield FieldProblem(path, "bad_attribute", message)
    elif not attribute.endswith("-ref"):
        message = _("The label attribute of a segmentation job must end with -ref. Write %(attribute)s-ref.") % {
            "attribute": attribute
        }
        yield FieldProblem(path, "bad_attribute", message)
    elif attribute in ("source-ref", "ref"):
        yield FieldProblem(path, "bad_attribute", _("source-ref is the photo's own address. Choose another name."))


def number_problems(given: dict[str, Any]) -> Iterator[FieldProblem]:
    """Of those that are given: number_of_labelers, time_limit_seconds, max_concurrent."""
    limits = {
        "number_of_labelers": (1, MAX_LABELERS, _("Choose %(low)s to %(high)s labelers per photo.")),
        "time_limit_seconds": (MIN_SECONDS, MAX_SECONDS, _("Choose %(low)s to %(high)s seconds for one assignment.")),
        "max_concurrent": (1, settings.MAX_CONCURRENT_TASKS, _("Choose %(low)s to %(high)s photos open at once.")),
    }
    for path, (low, high, sentence) in limits.items():
        value = given.get(path)
        if value is not None and not low <= value <= high:
            yield FieldProblem(
                path,
                "out_of_range",
                sentence % {"low": number(low), "high": number(high)},
            )


def distribution_problems(given: dict[str, Any]) -> Iterator[FieldProblem]:
    """Of those that are given: policy, required_skills, hold_seconds, max_open_claims, max_declines, idle_seconds,
    availability_seconds."""
    policy = given.get("policy")
    if policy is not None and policy not in POLICIES:
        message = _("There is no policy '%(policy)s'. Choose one of: %(known)s.") % {
            "policy": policy,
            "known": ", ".join(POLICIES),
        }
        yield FieldProblem("policy", "unknown_policy", message)
    limits = {
        "hold_seconds": (60, 7 * 86400, _("Choose %(low)s to %(high)s seconds to keep a place.")),
        "max_open_claims": (1, 20, _("Choose %(low)s to %(high)s open assignments of one person.")),
        "max_declines": (1, 50, _("Choose %(low)s to %(high)s declines.")),
        "idle_seconds": (10, 900, _("Choose %(low)s to %(high)s seconds between two signs of activity.")),
        "availability_seconds": (60, 10 * 365 * 86400, _("Choose %(low)s to %(high)s seconds for which to offer it.")),
    }
    for path, (low, high, sentence) in limits.items():
        value = given.get(path)
        if value is not None and not low <= value <= high:
            yield FieldProblem(path, "out_of_range", sentence % {"low": number(low), "high": number(high)})
    for name, level in (given.get("required_skills") or {}).items():
        good_level = isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 100
        if not name.strip() or len(name) > 63 or not good_level:
            message = _("Name each skill (up to 63 characters) with the least level, from 1 to 100.")
            yield FieldProblem(f"required_skills.{name}", "bad_skill", message)


def quality_problems(given: dict[str, Any]) -> Iterator[FieldProblem]:
    """Of those that are given: gold_rate, qualification_iou; each a share."""
    for path in ("gold_rate", "qualification_iou"):
        value = given.get(path)
        if value is not None and not 0 <= value <= 1:
            yield FieldProblem(path, "out_of_range", _("Choose a share from 0 to 1."))


def skill_problems(is_qualification: bool, skill: str) -> Iterator[FieldProblem]:
    if is_qualification and not 1 <= len(" ".join(skill.split())) <= 63:
        message = _("Name the skill that is earned, in 1 to 63 characters.")
        yield FieldProblem("qualification_skill", "no_skill", message)


def subset_problems(input_filter: str, sample_percent: int) -> Iterator[FieldProblem]:
    patterns = read_patterns(input_filter)
    too_long = any(len(pattern) > MAX_PATTERN_CHARS for pattern in patterns)
    if len(patterns) > MAX_PATTERNS or too_long or "\0" in input_filter:
        message = _("Write up to %(most)s patterns of file names, one a line, of up to %(chars)s characters.") % {
            "most": MAX_PATTERNS,
            "chars": MAX_PATTERN_CHARS,
        }
        yield FieldProblem("input_filter", "bad_filter", message)
    if not 1 <= sample_percent <= 100:
        yield FieldProblem("sample_percent", "out_of_range", _("Choose a sample of 1 to 100 percent."))


def lower_skills(given: dict[str, Any]) -> dict[str, Any]:
    """The settings of distribution with the names of skills as they are compared."""
    skills = given.get("required_skills")
    if skills is None:
        return {key: value for key, value in given.items() if key != "required_skills"}
    return {**given, "required_skills": {name.strip().lower(): level for name, level in skills.items()}}


def deadline_problems(deadline: datetime | None) -> Iterator[FieldProblem]:
    if deadline is None:
        return
    if deadline.tzinfo is None:
        yield FieldProblem(
            "deadline", "bad_deadline", _("Write the deadline with its time zone, such as 2030-01-31T18:00Z.")
        )
    elif deadline <= timezone.now():
        yield FieldProblem("deadline", "bad_deadline", _("The deadline is over. Choose a later one, or none."))


def review_problems(team_id: uuid.UUID | None, share: float) -> Iterator[FieldProblem]:
    """A share above nothing needs a team of the own organization."""
    if not 0 <= share <= 1:
        yield FieldProblem("review_share", "out_of_range", _("Choose a share from 0 (no review) to 1 (every photo)."))
    if team_id is not None and not WorkTeam.objects.filter(pk=team_id).exists():
        message = _("There is no such work team in your organization. Choose one of yours.")
        yield FieldProblem("review_team_id", "not_found", message)
    elif team_id is None and share > 0:
        yield FieldProblem("review_team_id", "no_team", _("Choose who reviews, or set the share to 0."))


def rule_problems(rule: str, number_of_labelers: int) -> Iterator[FieldProblem]:
    """A rule that is known and fits the number of answers: `single` makes nothing of two."""
    if rule == "single" and number_of_labelers > 1:
        message = _(
            "One answer is taken as it is by the rule 'single'. Ask one labeler per photo, or choose another rule."
        )
        yield FieldProblem("consolidation_rule", "needs_one_answer", message)
    if rule not in rule_names():
        message = _("There is no consolidation rule '%(rule)s'. Choose one of: %(known)s.") % {
            "rule": rule,
            "known": ", ".join(rule_names()),
        }
        yield FieldProblem("consolidation_rule", "unknown_rule", message)
