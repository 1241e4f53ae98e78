"""The form that makes gold tasks: of photos that are done, or of photos and masks named like them."""

import uuid
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.job_fields import choices_of, set_choices
from labeling.models import DataObject, LabelingJob
from labeling.services.quality.gold import make_gold
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.organizations.admin_forms import Section, ServiceForm

_MOST = 500
_MOST_BYTES = 80 * 1024 * 1024


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """The files that were chosen, or none."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in files]


class GoldForm(ServiceForm):
    sections = (
        Section(
            _("Add gold tasks"),
            ("from_job", "masks", "numbers"),
            _(
                "A gold task is a photo whose right mask is known. Labelers cannot tell it from the others, each gets "
                "it once at most, and the answer is scored."
            ),
        ),
    )
    paths = {"object": "numbers", "mask": "masks"}

    from_job = forms.TypedChoiceField(label=_("Photos of"), coerce=uuid.UUID)
    masks = FilesField(
        label=_("Right masks"),
        required=False,
        help_text=_("Indexed PNGs, each named like its photo: street-7.png for street-7.jpg."),
    )
    numbers = forms.CharField(
        label=_("Or photos that are done"),
        required=False,
        max_length=1000,
        help_text=_("Their numbers, such as 3, 7-12: their consolidated masks, reviewed or not, are taken as right."),
    )

    def __init__(self, *args: Any, job: LabelingJob, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "from_job", choices_of(LabelingJob))
        self.fields["from_job"].initial = str(job.pk)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if bool(data.get("masks")) == bool(data.get("numbers", "").strip()) and "masks" in data:
            self.add_error("masks", gettext("Choose masks, or name photos that are done."))
        return data


def make_golds(job: LabelingJob, form: ServiceForm) -> int:
    """All of them or, with every problem named, none; how many."""
    data = form.cleaned_data
    photos = DataObject.objects.filter(job_id=data["from_job"]).exclude(image_sha256="")
    wanted: list[tuple[str, DataObject | None, bytes | None]] = []
    if data["masks"]:
        names = {PurePosixPath(one.source_ref).stem.casefold(): one for one in photos.defer("line")}
        for file in data["masks"][:_MOST]:
            body = file.read() if file.size <= _MOST_BYTES else b""
            wanted.append((file.name, names.get(PurePosixPath(file.name).stem.casefold()), body))
    else:
        numbers = _numbers(data["numbers"])
        found = {one.index: one for one in photos.filter(index__in=numbers).defer("line")}
        wanted = [(str(number), found.get(number), None) for number in numbers]
    problems: list[FieldProblem] = []
    for name, item, mask in wanted:
        problems += _make(job, name, item, mask)
    if problems:
        raise Invalid(gettext("Nothing was added; each reason is listed."), fields=tuple(problems))
    return len(wanted)


def _make(job: LabelingJob, name: str, item: DataObject | None, mask: bytes | None) -> list[FieldProblem]:
    path = "numbers" if mask is None else "masks"
    if item is None:
        message = gettext("%(name)s: there is no such photo in the chosen job.") % {"name": name}
        return [FieldProblem(path, "not_found", message)]
    try:
        make_gold(job_id=job.pk, object_id=item.pk, mask=mask)
    except Invalid as error:
        messages = [problem.message for problem in error.fields] or [error.message]
        return [FieldProblem(path, "refused", f"{name}: {message}") for message in messages]
    return []


def _numbers(text: str) -> list[int]:
    """`3, 7-12` as numbers; Invalid for what is none."""
    found: list[int] = []
    for part in text.replace(";", ",").split(","):
        first, _dash, last = part.strip().partition("-")
        if not first.strip().isdecimal() or (last and not last.strip().isdecimal()) or len(part) > 20:
            message = gettext("Write numbers, such as 3, 7-12.")
            raise Invalid(message, fields=(FieldProblem("numbers", "no_number", message),))
        found += range(int(first), min(int(last or first), int(first) + _MOST) + 1)
    return list(dict.fromkeys(found))[:_MOST]
