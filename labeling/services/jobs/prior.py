"""May a job begin with the labels of an earlier one? Asked before it is made, of the first lines of its manifest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from labeling.consolidation.verdicts import VERDICT_RULES
from labeling.manifests import (
    ManifestLine,
    PriorLabelError,
    bounded_lines,
    prior_attributes,
    prior_label,
    read_manifest,
)
from labeling.masks import BACKGROUND, MAX_CLASSES, default_color, parse_color
from labeling.services.jobs.rules import ATTRIBUTE, MAX_ATTRIBUTE
from labeling.states import TaskType
from labeling.storage import Resolver, parse_address
from maskwright.core.errors import DomainError, FieldProblem
from maskwright.core.wording import reword

#: Lines that are looked at before a job is made; the others are judged one by one while it is prepared.
_LOOKED_AT = 1000
PATH = "prior_attribute_name"


@dataclass
class Prior:
    """What an adjustment or verification begins with: the label attribute, and the classes that it names."""

    attribute: str = ""
    #: name -> colour, in the order of the colour map
    classes: dict[str, str] = field(default_factory=dict)
    #: name -> index, as the earlier job had it
    indices: dict[str, int] = field(default_factory=dict)


def find_prior(resolver: Resolver, uri: str, attribute: str, prior: Prior) -> Iterator[FieldProblem]:
    """Fill in `prior` from a manifest. `attribute` "": the only segmentation label that its lines have.

    An input that cannot be read is told by `input_problems`, not here.
    """
    try:
        if parse_address(uri).is_prefix:
            message = _("Photos below a prefix have no earlier labels. Name the output manifest of an earlier job.")
            yield FieldProblem("input_uri", "no_prior_labels", message)
            return
        location = resolver.resolve(uri)
        with location.open() as file:
            found = islice(read_manifest(bounded_lines(file)), _LOOKED_AT)
            lines = [one for one in found if isinstance(one, ManifestLine)]
    except DomainError:
        return
    names = [attribute] if attribute else sorted({name for line in lines for name in prior_attributes(line)})
    if len(names) != 1:
        yield _which(names)
        return
    prior.attribute = names[0]
    labeled = [line for line in lines if line.has(f"{prior.attribute}-metadata")]
    if not labeled:
        message = _("None of the first lines of the manifest has the label %(attribute)s.")
        yield FieldProblem(PATH, "no_prior_labels", message % {"attribute": prior.attribute})
    for line in labeled:
        try:
            label = prior_label(line, prior.attribute)
        except PriorLabelError as error:
            # Ground Truth, too, makes no job where colours are missing.
            where = _("Line %(number)s of the manifest: %(sentence)s")
            message = where % {"number": line.number, "sentence": reword(str(error))}
            yield FieldProblem(PATH, error.code, message)
            return
        for index, one in sorted(label.classes.items()):
            prior.classes.setdefault(one.name, one.color)
            prior.indices.setdefault(one.name, index)


def _which(names: Sequence[str]) -> FieldProblem:
    if not names:
        message = _("None of the first lines of the manifest has a segmentation label to begin with.")
        return FieldProblem(PATH, "no_prior_labels", message)
    message = _("The lines have several segmentation labels: %(names)s. Say which one this job is about.")
    return FieldProblem(PATH, "several_prior_labels", message % {"names": ", ".join(names)})


def class_problems(categories: Sequence[Mapping[str, Any]], prior: Prior) -> Iterator[FieldProblem]:
    """An adjustment has all classes of the labels that it begins with; it may add others."""
    missing = [name for name in prior.classes if name not in {category["name"] for category in categories}]
    if missing:
        message = _("The labels must hold all classes of the earlier job; these are missing: %(names)s.")
        yield FieldProblem("label_set_id", "prior_class_unknown", message % {"names": ", ".join(missing[:20])})


def as_before(categories: Sequence[Mapping[str, Any]], prior: Prior) -> tuple[dict[str, Any], ...]:
    """The categories with index and colour that the earlier job gave them; new ones take what is free."""
    free = iter(index for index in range(1, MAX_CLASSES + 1) if index not in prior.indices.values())
    taken = {parse_color(color) for color in prior.classes.values()}
    found: list[dict[str, Any]] = []
    for category in categories:
        name = category["name"]
        if name in prior.classes and prior.indices[name] != BACKGROUND:
            found.append({**category, "index": prior.indices[name], "color": prior.classes[name]})
            continue
        index = next(free, category["index"])
        color = category["color"] if category["color"] not in taken else default_color(index, taken)
        taken.add(color)
        found.append({**category, "index": index, "color": color})
    return tuple(sorted(found, key=lambda category: int(category["index"])))


def name_problems(task_type: str, attribute: str, prior: Prior) -> Iterator[FieldProblem]:
    """The new attribute is another than the earlier one; a verification's does not end in -ref."""
    path = "label_attribute_name"
    if attribute == prior.attribute:
        yield FieldProblem(path, "same_attribute", _("Choose another label attribute than that of the earlier job."))
    if task_type != TaskType.VERIFICATION:
        return
    if not ATTRIBUTE.fullmatch(attribute) or len(attribute) > MAX_ATTRIBUTE:
        message = _("The label attribute has 1 to %(most)s letters and digits, with hyphens between them.") % {
            "most": MAX_ATTRIBUTE
        }
        yield FieldProblem(path, "bad_attribute", message)
    elif attribute.endswith(("-ref", "-metadata")) or attribute in ("source", "ref"):
        message = _("The label attribute of a verification must not end with -ref or -metadata.")
        yield FieldProblem(path, "bad_attribute", message)


def type_problems(task_type: str, given: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """What jobs of another type than segmentation cannot have; `given`: of those that are set."""
    if task_type == TaskType.SEGMENTATION:
        return
    if given.get("gold_rate"):
        message = _("Only a segmentation job has gold tasks. Set their share to 0.")
        yield FieldProblem("gold_rate", "not_of_this_type", message)
    if given.get("is_qualification"):
        message = _("Only a segmentation job can be a qualification.")
        yield FieldProblem("is_qualification", "not_of_this_type", message)
    if task_type == TaskType.VERIFICATION and (given.get("review_share") or given.get("review_team_id")):
        message = _("A verification is a review itself; nobody reviews its verdicts.")
        yield FieldProblem("review_share", "not_of_this_type", message)
    if task_type == TaskType.VERIFICATION and given.get("consolidation_function"):
        message = _("Verdicts are consolidated here, not by a function of your own. Leave it out.")
        yield FieldProblem("consolidation_arn", "not_of_this_type", message)


def verdict_rule_problems(rule: str) -> Iterator[FieldProblem]:
    if rule not in VERDICT_RULES:
        message = _("There is no consolidation rule '%(rule)s'. Choose one of: %(known)s.") % {
            "rule": rule,
            "known": ", ".join(VERDICT_RULES),
        }
        yield FieldProblem("consolidation_rule", "unknown_rule", message)
