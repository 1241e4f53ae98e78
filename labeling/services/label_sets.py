"""Label sets: save a new version when something changed. A version never changes."""

import re
import uuid
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labeling.masks import BACKGROUND_NAME, MAX_CLASSES, color_problems, default_color, parse_color
from labeling.models import LabelingJob, LabelSet, LabelSetVersion
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.wording import number, reword

MAX_NAME_CHARS = 256  # of a category, as in Ground Truth
MAX_DESCRIPTION_CHARS = 1000
_KEY = re.compile(r"[!-~]")  # one printable ASCII character that is no space

Category = dict[str, Any]
"""{index 1..255, name, color "#rrggbb", key "" or one character, description}"""


def save_label_set(
    *, label_set_id: uuid.UUID | None = None, name: str, description: str = "", categories: Sequence[Mapping[str, Any]]
) -> LabelSet:
    """Make a label set, or change one. A new version is written only when the categories differ.

    `index` may be left out (the next free one is taken), as may `color` (Ground Truth's order), `key` and
    `description`. Re-indexing is refused: masks already made name classes by index. Once a job uses the label set no
    category may be removed. Raises Invalid with every problem at once, NotFound.
    """
    label_set = _locked(label_set_id) if label_set_id else None
    before = current_categories(label_set) if label_set else []
    wanted, problems = complete_categories(categories)
    problems = [*_name_problems(name, label_set), *problems]
    if label_set is not None and not problems:
        used = LabelingJob.objects.filter(label_set=label_set).exists()
        problems += change_problems(before, wanted, may_remove=not used, may_rename=True)
    if problems:
        raise Invalid(_("The label set cannot be saved; each reason is listed."), fields=tuple(problems))
    fields = {"name": name.strip(), "description": description.strip()}
    if label_set is None:
        label_set = _insert(fields)
        record("label_set.created", "label_set", label_set.pk, name=label_set.name)
    elif (label_set.name, label_set.description) != (fields["name"], fields["description"]):
        for field, value in fields.items():
            setattr(label_set, field, value)
        label_set.save(update_fields=list(fields))
        record("label_set.changed", "label_set", label_set.pk, name=label_set.name)
    if wanted != before:
        _add_version(label_set, wanted)
    return label_set


def current_categories(label_set: LabelSet) -> list[Category]:
    """The categories of the newest version; empty before the first."""
    found = LabelSetVersion.objects.filter(label_set=label_set, number=label_set.current_number).first()
    return list(found.categories) if found else []


def complete_categories(categories: Sequence[Mapping[str, Any]]) -> tuple[list[Category], list[FieldProblem]]:
    """Fill in what was left out and find every problem. Paths are `categories.<place>.<field>`."""
    problems: list[FieldProblem] = []
    if not categories:
        problems.append(FieldProblem("categories", "no_labels", _("Add at least one category to label.")))
    if len(categories) > MAX_CLASSES:
        message = _("There are %(count)s categories; an 8-bit mask holds %(most)s. Merge or remove some.") % {
            "count": len(categories),
            "most": MAX_CLASSES,
        }
        problems.append(FieldProblem("categories", "too_many_labels", message))
    indices = _indices(categories, problems)
    wanted: list[Category] = []
    for place, (entry, index) in enumerate(zip(categories, indices, strict=True)):
        texts = {field: _text(entry.get(field)) for field in ("name", "color", "key", "description")}
        wanted.append({"index": index, **{field: value.strip() for field, value in texts.items()}})
        problems += _entry_problems(place, wanted[-1])
    problems += _repeated(wanted, "name", "duplicate_name", _("Another category has this name. Give each its own."))
    problems += _repeated(wanted, "key", "duplicate_key", _("Another category has this key. Give each its own."))
    _fill_colors(wanted, problems)
    return wanted, problems


def change_problems(
    before: Sequence[Category], after: Sequence[Category], *, may_remove: bool, may_rename: bool
) -> list[FieldProblem]:
    """What of a change would contradict masks that were made with the categories `before`."""
    problems = []
    indices = {category["name"].casefold(): category["index"] for category in before}
    names = {category["index"]: category["name"] for category in before}
    for place, category in enumerate(after):
        old = indices.get(category["name"].casefold())
        if old is not None and old != category["index"]:
            message = _("'%(name)s' has index %(old)s in masks already made; keep %(old)s.") % {
                "name": category["name"],
                "old": old,
            }
            problems.append(FieldProblem(f"categories.{place}.index", "reindexed", message))
        elif not may_rename and names.get(category["index"], category["name"]) != category["name"]:
            message = _("Index %(index)s is '%(name)s' in this job. Add a new category instead.") % {
                "index": category["index"],
                "name": names[category["index"]],
            }
            problems.append(FieldProblem(f"categories.{place}.name", "renamed", message))
    missing = sorted(set(names) - {category["index"] for category in after})
    if missing and not may_remove:
        listed = ", ".join(f"'{names[index]}'" for index in missing)
        message = _("A job uses %(listed)s; masks may hold it. Keep it, or make another label set.") % {
            "listed": listed
        }
        problems.append(FieldProblem("categories", "removed", message))
    return problems


def _locked(label_set_id: uuid.UUID) -> LabelSet:
    found: LabelSet | None = LabelSet.objects.select_for_update().filter(pk=label_set_id).first()
    if found is None:
        raise NotFound(_("There is no such label set."))
    return found


def _insert(fields: dict[str, str]) -> LabelSet:
    try:
        with transaction.atomic():
            return LabelSet.objects.create(**fields)
    except IntegrityError as error:  # somebody else took the name at the same moment
        problem = FieldProblem("name", "name_taken", _("Another label set has this name. Choose another one."))
        raise Invalid(_("The label set cannot be saved."), fields=(problem,)) from error


def _add_version(label_set: LabelSet, categories: list[Category]) -> None:
    label_set.current_number += 1
    label_set.save(update_fields=["current_number"])
    LabelSetVersion.objects.create(label_set=label_set, number=label_set.current_number, categories=categories)
    record("label_set.version_added", "label_set", label_set.pk, number=label_set.current_number)


def _name_problems(name: str, label_set: LabelSet | None) -> list[FieldProblem]:
    if not 1 <= len(name.strip()) <= 100:
        return [FieldProblem("name", "bad_name", _("Give the label set a name of 1 to 100 characters."))]
    others = LabelSet.objects.filter(name=name.strip())
    if label_set is not None:
        others = others.exclude(pk=label_set.pk)
    if others.exists():
        return [FieldProblem("name", "name_taken", _("Another label set has this name. Choose another one."))]
    return []


def _indices(categories: Sequence[Mapping[str, Any]], problems: list[FieldProblem]) -> list[int]:
    given = [entry.get("index") for entry in categories]
    taken = {index for index in given if isinstance(index, int)}
    # There is no end to it: of too many categories the other faults are looked for all the same.
    free = (index for index in count(1) if index not in taken)
    indices: list[int] = []
    for place, index in enumerate(given):
        if index is None:
            indices.append(next(free))
            continue
        usable = isinstance(index, int) and not isinstance(index, bool) and 1 <= index <= MAX_CLASSES
        if not usable or index in indices:
            code, message = (
                "bad_index",
                _("An index is a whole number from 1 to %(most)s; 0 is BACKGROUND.") % {"most": MAX_CLASSES},
            )
            if usable:
                code, message = (
                    "duplicate_index",
                    _("Index %(index)s is used twice. Give each category its own.") % {"index": index},
                )
            problems.append(FieldProblem(f"categories.{place}.index", code, message))
        indices.append(index if isinstance(index, int) else 0)
    return indices


def _entry_problems(place: int, category: Category) -> list[FieldProblem]:
    problems = []
    name = category["name"]
    if not name or len(name) > MAX_NAME_CHARS or not _printable(name):
        message = _("A category's name has 1 to %(most)s characters.") % {"most": MAX_NAME_CHARS}
        problems.append(FieldProblem(f"categories.{place}.name", "bad_name", message))
    elif name.upper() == BACKGROUND_NAME:
        message = _("BACKGROUND is index 0, the unlabeled pixels; it is always there. Leave it out.")
        problems.append(FieldProblem(f"categories.{place}.name", "reserved_name", message))
    if category["key"] and not _KEY.fullmatch(category["key"]):
        message = _("A key is one character from the keyboard, such as 1 or q.")
        problems.append(FieldProblem(f"categories.{place}.key", "bad_key", message))
    if len(category["description"]) > MAX_DESCRIPTION_CHARS or "\0" in category["description"]:
        message = _("A description has at most %(most)s characters.") % {"most": number(MAX_DESCRIPTION_CHARS)}
        problems.append(FieldProblem(f"categories.{place}.description", "bad_description", message))
    return problems


def _repeated(wanted: list[Category], field: str, code: str, message: str) -> list[FieldProblem]:
    seen: set[str] = set()
    problems = []
    for place, category in enumerate(wanted):
        # Names differ by more than case (readers fold it); keys do not: `a` and `A` are two keys.
        value = category[field].casefold() if field == "name" else category[field]
        if value and value in seen:
            problems.append(FieldProblem(f"categories.{place}.{field}", code, message))
        seen.add(value)
    return problems


def _fill_colors(wanted: list[Category], problems: list[FieldProblem]) -> None:
    places = {category["index"]: place for place, category in enumerate(wanted)}
    # Of an index out of range the problem is told already.
    chosen = {c["index"]: c["color"] for c in wanted if c["color"] and 1 <= c["index"] <= MAX_CLASSES}
    found = color_problems(chosen)
    for index, code, sentence in found:
        problems.append(FieldProblem(f"categories.{places.get(index, 0)}.color", code, reword(sentence)))
    for place, category in enumerate(wanted):
        index, color = category["index"], category["color"]
        if color and (places[index] != place or index not in chosen):  # an index that cannot stand hides no colour
            found = color_problems({1: color})
            problems += [FieldProblem(f"categories.{place}.color", code, reword(text)) for _i, code, text in found]
    if problems:
        return
    taken = dict(chosen)
    for category in wanted:
        color = parse_color(taken.get(category["index"]) or default_color(category["index"], taken.values()))
        category["color"] = taken[category["index"]] = color


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _printable(text: str) -> bool:
    return all(character >= " " and not "\ud800" <= character <= "\udfff" for character in text)
