"""Widgets of the managers' forms."""

from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True)
class PickRow:
    """A choice of `PickMany`, used as the choice's label: a name, what tells it from others, and where it is already.

    `groups` are offered as a filter ("who is where").
    """

    name: str
    detail: str = ""
    groups: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


class PickMany(forms.CheckboxSelectMultiple):
    """Some of very many: a list of checkboxes which `<mw-pick>` gives search, filters and a count.

    The choices' labels are `PickRow`s. It works without JavaScript as well, as the plain list it is.
    """

    template_name = "admin/manage/pick_many.html"

    def __init__(self, *args: Any, noun: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.noun = noun  # what the search field asks for

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["noun"] = self.noun
        widget["options"] = [option for _group, options, _index in widget["optgroups"] for option in options]
        return context


def picked_first(choices: list[tuple[str, PickRow]], picked: set[str]) -> list[tuple[str, PickRow]]:
    """In the order of their names, those that are picked already before the others."""
    return sorted(choices, key=lambda one: (one[0] not in picked, one[1].name.casefold(), one[1].detail))
