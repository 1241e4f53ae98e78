"""Forms of the managers' admin: explicit fields, written by services, whose refusals come back on the right fields.

They are plain forms, never model forms: what is not named here cannot be posted (organization, role of somebody
else, counters, states).
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.functional import Promise

from maskwright.core.errors import DomainError, FieldProblem


@dataclass(frozen=True)
class Section:
    """A titled group of fields. `template` draws it in place of the plain list of fields.

    `folded`: shown closed, because its fields have good values already; open when one of them is wrong.
    """

    title: str | Promise
    fields: tuple[str, ...]
    help: str | Promise = ""
    template: str = "admin/manage/section.html"
    folded: bool = False
    context: dict[str, Any] = field(default_factory=dict)


class ServiceForm(forms.Form):
    """A form whose `cleaned_data` goes to a service.

    `table` names a formset that is validated together with the form; a service's problem at `<table>.<row>.<field>`
    is shown in that cell. `paths` renames a service's field names to the form's where they differ.
    """

    sections: ClassVar[tuple[Section, ...]] = ()
    table_path: ClassVar[str] = ""
    paths: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, table: "BaseFormSet[Any] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self._rows: list[forms.Form] | None = None
        self.refusal = ""  # what the service said as a whole

    def is_valid(self) -> bool:
        """Both halves are checked in any case, so that all violations show at once."""
        table_is_valid = self.table is None or self.table.is_valid()
        return super().is_valid() and table_is_valid

    @property
    def has_errors(self) -> bool:
        if not self.is_bound:
            return False
        return bool(self.refusal or self.errors) or (self.table is not None and self.table.total_error_count() > 0)

    def errors_in(self, section: Section) -> bool:
        return any(name in self.errors for name in section.fields)

    def make_read_only(self) -> None:
        for one in self.fields.values():
            one.disabled = True
        for row in self.table.forms if self.table is not None else ():
            for one in row.fields.values():
                one.disabled = True

    def add_domain_error(self, error: DomainError) -> None:
        """Show a service's refusal; what belongs to no field stands above the form."""
        self.refusal = error.message
        for problem in error.fields:
            self._add_problem(problem)

    def _add_problem(self, problem: FieldProblem) -> None:
        path = self.paths.get(problem.path, problem.path)
        head, _, rest = path.partition(".")
        if self.table is not None and head == self.table_path:
            self._add_to_table(rest, problem.message)
        elif path in self.fields:
            self.add_error(path, problem.message)
        elif head in self.fields:
            self.add_error(head, problem.message)
        else:
            self.add_error(None, problem.message)

    def _add_to_table(self, place: str, message: str) -> None:
        assert self.table is not None
        row, _, name = place.partition(".")
        rows = self.rows()
        if not row.isdecimal() or int(row) >= len(rows):
            self.add_error(None, message)
            return
        form = rows[int(row)]
        form.add_error(name if name in form.fields else None, message)

    def rows(self) -> list[forms.Form]:
        """The table's rows that are sent to the service, in the order in which they are sent.

        Kept from the first asking: a formset does not tell any more once a refusal was added to a row.
        """
        if self._rows is None:
            self._rows = self.collect_rows()
        return self._rows

    def collect_rows(self) -> list[forms.Form]:
        return [] if self.table is None else list(self.table.forms)


def utc_input() -> forms.DateTimeInput:
    """A date and time as the browser's own control; times are UTC everywhere in the product."""
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
