"""Filters of list pages: a fixed list of choices under one parameter, so that no column can be asked for by name."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet


class ChoiceFilter(SimpleListFilter):
    """Rows whose `field_path` equals one of the choices. Subclasses name `title`, `parameter_name`, `field_path`."""

    field_path: str = ""

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None:
            return queryset
        # A value that is no choice finds nothing; it never reaches the database as it came.
        if chosen not in {str(value) for value, _label in self.lookup_choices}:
            return queryset.none()
        return self.matching(queryset, chosen)

    def matching(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        return queryset.filter(**{self.field_path: chosen})

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 0
