"""The form of a job's rules: each row a sentence with blanks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.models import QualityRule
from labeling.quality.actions import ACTIONS
from labeling.quality.collectors import COLLECTORS
from labeling.quality.conditions import CONDITIONS
from maskwright.organizations.admin_forms import Section, ServiceForm

EXTRA_ROWS = 2


def _labels(registry: Any) -> list[tuple[str, Any]]:
    return [(name, _(one.label)) for name, one in registry.items()]


class RuleRow(forms.Form):
    """Shares are written in percent."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    is_active = forms.BooleanField(label=_("in use"), required=False, initial=True)
    collector = forms.ChoiceField(label=_("What is measured"), choices=lambda: [("", "–"), *_labels(COLLECTORS)])
    last = forms.IntegerField(label=_("of the last"), min_value=1, max_value=200, required=False)
    seconds = forms.FloatField(label=_("under seconds"), min_value=1, max_value=3600, required=False)
    condition = forms.ChoiceField(label=_("Condition"), choices=lambda: _labels(CONDITIONS), required=False)
    limit = forms.FloatField(label=_("Limit"))
    at_least = forms.IntegerField(label=_("after at least (photos)"), min_value=1, max_value=200, initial=3)
    action = forms.ChoiceField(label=_("Action"), choices=lambda: _labels(ACTIONS))
    hours = forms.FloatField(label=_("for hours (none: until a manager ends it)"), required=False)
    skill = forms.CharField(label=_("Skill"), max_length=63, required=False)
    level = forms.IntegerField(label=_("to level (none: what was measured)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "mw-input"

    def has_changed(self) -> bool:
        """A row of which nothing is chosen is an empty one."""
        return (
            bool(self.data.get(self.add_prefix("collector"))) if self.empty_permitted else bool(super().has_changed())
        )

    def sent(self) -> dict[str, Any]:
        """The rule as the service takes it."""
        data = self.cleaned_data
        known = COLLECTORS[data["collector"]]
        chosen = {name: data[name] for name in known.settings if data.get(name) is not None}
        settings = {
            "pause": {"hours": data["hours"]} if data["hours"] is not None else {},
            "set_skill": {"skill": data["skill"], "level": data["level"]},
        }
        return {
            "id": data["id"],
            "is_active": data["is_active"],
            "collector": data["collector"],
            "condition": data["condition"] if known.is_share else "reaches",  # the only one that fits counts
            "limit": data["limit"] / 100 if known.is_share else data["limit"],
            "at_least": data["at_least"],
            "collector_settings": chosen,
            "action": data["action"],
            "action_settings": settings.get(data["action"], {}),
        }


class RuleTable(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs only
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("remove")
        form.empty_permitted = index is None or index >= self.initial_form_count()


RuleFormSet = forms.formset_factory(RuleRow, formset=RuleTable, extra=EXTRA_ROWS, can_delete=True, max_num=20)


def rule_table(data: Any, rows: Sequence[QualityRule]) -> Any:
    return RuleFormSet(data, prefix="rules", initial=[_initial(row) for row in rows])


def _initial(row: QualityRule) -> dict[str, Any]:
    known = COLLECTORS.get(row.collector)
    is_share = known is not None and known.is_share
    usual = {name: values[0] for name, values in known.settings.items()} if known is not None else {}
    return {
        "id": row.pk,
        "is_active": row.is_active,
        "collector": row.collector,
        "condition": row.condition,
        "limit": f"{row.limit * (100 if is_share else 1):g}",
        "at_least": row.at_least,
        "action": row.action,
        **{name: f"{value:g}" for name, value in {**usual, **row.collector_settings}.items()},
        **{name: value for name, value in row.action_settings.items() if value is not None},
    }


class RulesForm(ServiceForm):
    sections = (Section("", (), template="admin/manage/rule_rows.html"),)
    table_path = "rules"

    def collect_rows(self) -> list[forms.Form]:
        if self.table is None:
            return []
        removed = set(self.table.deleted_forms)
        return [
            row for row in self.table.forms if row not in removed and (not row.empty_permitted or row.has_changed())
        ]

    def sent_rules(self) -> list[dict[str, Any]]:
        return [row.sent() for row in self.rows()]  # type: ignore[attr-defined]

    def _add_to_table(self, place: str, message: str) -> None:
        """Settings of collectors and actions are fields of the row."""
        super()._add_to_table(place.replace("collector_settings.", "").replace("action_settings.", ""), message)
