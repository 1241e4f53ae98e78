"""Label sets: a table of label categories. Saving writes a new version; versions never change."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.preview import preview_data
from labeling.admin.versions import refuse_stale
from labeling.masks import DEFAULT_COLORS, MAX_CLASSES, default_color
from labeling.models import LabelSet, LabelSetVersion
from labeling.services.label_sets import current_categories, save_label_set
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.permissions import Permission

#: Empty rows under the table, so that it works without JavaScript too.
EXTRA_ROWS = 3
SHOWN_VERSIONS = 10
SHOWN_CHIPS = 6


class CategoryForm(forms.Form):
    """One row. An existing category keeps its index: masks name classes by it."""

    index = forms.IntegerField(label=_("Index"), min_value=1, max_value=MAX_CLASSES, required=False)
    name = forms.CharField(label=_("Name"), max_length=256)
    color = forms.CharField(label=_("Colour"), max_length=7, widget=forms.TextInput(attrs={"type": "color"}))
    key = forms.CharField(label=_("Key"), max_length=1, required=False, strip=False)
    description = forms.CharField(label=_("What belongs to it"), max_length=1000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["index"].widget.attrs["placeholder"] = gettext("auto")
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("aria-label", field.label)
            if name != "color":
                field.widget.attrs["class"] = "mw-input"
        if "index" in self.initial:  # an index stays; the service refuses a changed one
            self.fields["index"].widget = forms.HiddenInput()

    def has_changed(self) -> bool:
        """A row that has only the colour it was offered with is an empty one."""
        if not self.empty_permitted:
            return bool(super().has_changed())
        return not {"index", "name", "key", "description"}.isdisjoint(self.changed_data)


class CategoryTable(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs only
    """Rows in the order of their ORDER field; an empty row is left out, a ticked DELETE too."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].widget = forms.NumberInput(attrs={"class": "mw-input", "aria-label": gettext("Place")})
        if self.can_delete:
            form.fields["DELETE"].widget.attrs["aria-label"] = gettext("Remove")
        form.empty_permitted = index is None or index >= self.initial_form_count()

    def sent_rows(self) -> list[Any]:
        return list(self.ordered_forms)


CategoryFormSet = forms.formset_factory(
    CategoryForm, formset=CategoryTable, extra=EXTRA_ROWS, can_order=True, can_delete=True, max_num=MAX_CLASSES
)


class JobCategoryForm(CategoryForm):
    """A row of a running job: names stay, because masks and answers hold them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "index" in self.initial:
            self.fields["name"].widget.attrs["readonly"] = True


JobCategoryFormSet = forms.formset_factory(
    JobCategoryForm, formset=CategoryTable, extra=EXTRA_ROWS, can_order=True, max_num=MAX_CLASSES
)


class LabelSetForm(ServiceForm):
    sections = (
        Section(_("Label set"), ("name", "description")),
        Section(
            _("Categories"),
            (),
            _(
                "What is painted, in the order labelers see it. Index 0 is the background and always there. "
                "An index stays with its category for ever, because masks are made of indices."
            ),
            template="admin/manage/categories.html",
        ),
    )
    table_path = "categories"

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    name = forms.CharField(label=_("Name"), max_length=100)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("For colleagues.")
    )

    def collect_rows(self) -> list[forms.Form]:
        assert isinstance(self.table, CategoryTable)
        return self.table.sent_rows()


@admin.register(LabelSet)
class LabelSetAdmin(ScopedModelAdmin):
    write_permission = Permission.SETTINGS_MANAGE
    nav = NavEntry("work", 2, _("Label sets"))
    icon = "labels"
    intro = _("The categories that are painted, with their colours and keys. Jobs keep the version they began with.")
    add_label = _("New label set")
    empty_title = _("No label set yet")
    empty_text = _("Name what is to be painted: road, car, person. Colours and keys can change later.")
    list_display = ("name", "categories", "version", "jobs")
    search_fields = ("name", "description")
    search_help_text = _("Name or description")
    ordering = ("name",)
    change_form_template = "admin/manage/label_set.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request).annotate(job_count=Count("jobs"))
        return found

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        versions = LabelSetVersion.objects.filter(label_set__in=rows, number=F("label_set__current_number"))
        found = {version.label_set_id: version.categories for version in versions}
        for row in rows:
            row.shown_categories = found.get(row.pk, [])

    @admin.display(description=_("categories"))
    def categories(self, label_set: Any) -> str:
        return chips(label_set.shown_categories)

    @admin.display(description=_("version"), ordering="current_number")
    def version(self, label_set: Any) -> str:
        return str(label_set.current_number)

    @admin.display(description=_("jobs"), ordering="job_count")
    def jobs(self, label_set: Any) -> str:
        return str(label_set.job_count)

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        categories = current_categories(obj) if obj is not None else []
        initial = None
        if obj is not None:
            initial = {"name": obj.name, "description": obj.description, "seen": obj.current_number}
        table = CategoryFormSet(
            data, prefix="categories", initial=categories, form_kwargs={"use_required_attribute": False}
        )
        offer_colors(table, categories)
        return LabelSetForm(data, table=table, initial=initial)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        refuse_stale(obj, form.cleaned_data["seen"])
        names = ("index", "name", "color", "key", "description")
        categories = [{name: row.cleaned_data.get(name) for name in names} for row in form.rows()]
        return save_label_set(
            label_set_id=obj.pk if obj is not None else None,
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            categories=categories,
        )

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("%(name)s was saved; its version is now %(number)d.") % {
            "name": obj.name,
            "number": obj.current_number,
        }

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        categories = current_categories(obj) if obj is not None else None
        context: dict[str, Any] = {"preview": preview_data(categories=categories), "colors": " ".join(DEFAULT_COLORS)}
        if obj is not None:
            versions = LabelSetVersion.objects.filter(label_set=obj).order_by("-number")[:SHOWN_VERSIONS]
            context["versions"] = [(version, chips(version.categories, most=12)) for version in versions]
            context["use"] = ngettext("One job uses it.", "%(count)d jobs use it.", obj.job_count) % {
                "count": obj.job_count
            }
        return context


def offer_colors(table: "forms.BaseFormSet[Any]", categories: list[dict[str, Any]]) -> None:
    """Give each empty row a colour of its own, as long as there are any: more classes than that no mask holds."""
    taken = [category["color"] for category in categories]
    for place, row in enumerate(table.extra_forms, len(categories) + 1):
        if set(DEFAULT_COLORS) <= set(taken):
            return
        color = default_color(min(place, MAX_CLASSES), taken)
        taken.append(color)
        row.fields["color"].initial = color


def chips(categories: list[dict[str, Any]], *, most: int = SHOWN_CHIPS) -> str:
    """Colour and name of the first categories, and how many more there are."""
    shown = format_html_join(
        " ",
        '<span class="manage-chip">'
        '<svg class="manage-swatch" viewBox="0 0 1 1" aria-hidden="true">'
        '<path fill="{}" d="M0 0h1v1H0z"/></svg>{}</span>',
        ((category["color"], category["name"]) for category in categories[:most]),
    )
    rest = len(categories) - most
    return format_html('{} <span class="mw-muted">+{}</span>', shown, rest) if rest > 0 else shown
