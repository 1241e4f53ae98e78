"""Task templates: what labelers are told and may use, with a live preview in the real editor."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from labeling.admin.preview import label_set_choices, preview_data
from labeling.admin.template_hosts import HostsPage
from labeling.admin.versions import refuse_stale
from labeling.models import TaskTemplate, TaskTemplateVersion
from labeling.services.task_templates import MAX_SECONDS, MIN_SECONDS, TOOLS, current_version, save_task_template
from labeling.services.template_export import exported_template
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.permissions import Permission

CONTENT = (
    "title",
    "instructions",
    "source",
    "tools",
    "time_limit_seconds",
    "allow_empty",
    "allow_impossible",
    "require_full_coverage",
)
SHOWN_VERSIONS = 10
TOOL_NAMES = {
    "brush": _("Brush"),
    "eraser": _("Eraser"),
    "polygon": _("Polygon"),
    "lasso": _("Lasso"),
    "rectangle": _("Rectangle"),
    "ellipse": _("Ellipse"),
    "fill": _("Fill"),
    "magic-wand": _("Magic wand (paints what is alike in colour)"),
    "refine": _("Refine regions (grow, shrink, fill holes, remove specks)"),
    "extreme-points": _("Four extreme points (outlines an object by itself)"),
}


class TemplateForm(ServiceForm):
    sections = (
        Section(_("Template"), ("name",)),
        Section(_("What labelers read"), ("title", "instructions")),
        Section(
            _("What they may do"),
            ("tools", "time_limit_minutes", "allow_empty", "allow_impossible", "require_full_coverage"),
        ),
        Section(
            _("A page of its own, in Liquid"),
            ("source",),
            _(
                "For templates written for Ground Truth: HTML with Liquid and crowd elements. Labelers see this page "
                "instead of the editor, in a frame that reaches nothing else. The title above stays the task's name."
            ),
            folded=True,
        ),
        Section(_("Preview with"), ("label_set",), _("Only for looking: a job has its own label set.")),
    )
    paths = {"time_limit_seconds": "time_limit_minutes"}

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("For you and colleagues."))
    title = forms.CharField(
        label=_("Title"), max_length=128, help_text=_("One line above the photo, such as “Outline each cat”.")
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "class": "mw-mono", "spellcheck": "true"}),
        help_text=_(
            "Markdown: # heading, **bold**, - list, [link](https://…), | tables |. "
            "Pictures: press “Insert a picture” below, or drop or paste one into the text."
        ),
    )
    source = forms.CharField(
        label=_("Template"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "class": "mw-mono", "spellcheck": "false"}),
        help_text=_("It needs a <crowd-semantic-segmentation> in a <crowd-form>. Leave empty for the editor."),
    )
    tools = forms.MultipleChoiceField(
        label=_("Tools"),
        choices=[(tool, TOOL_NAMES.get(tool, tool)) for tool in TOOLS],
        widget=forms.CheckboxSelectMultiple,
    )
    time_limit_minutes = forms.FloatField(
        label=_("Minutes for one photo"),
        min_value=MIN_SECONDS / 60,
        max_value=MAX_SECONDS / 60,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text=_("Afterwards the photo goes to somebody else. At most 480."),
    )
    allow_empty = forms.BooleanField(label=_("“Nothing to label here” is an answer"), required=False)
    allow_impossible = forms.BooleanField(label=_("“Cannot be labeled, because …” is an answer"), required=False)
    require_full_coverage = forms.BooleanField(label=_("Every pixel must get a category"), required=False)
    label_set = forms.ChoiceField(label=_("Label set"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, name) for key, (name, _categories) in label_set_choices().items()]
        self.fields["label_set"].choices = choices or [("", _("none yet"))]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """The service's arguments."""
        data = self.cleaned_data
        seconds = round(data["time_limit_minutes"] * 60)
        return {name: seconds if name == "time_limit_seconds" else data[name] for name in ("name", *CONTENT)}


def _download(request: HttpRequest, actor: Actor, template: Any) -> HttpResponse:
    name, page = exported_template(template.pk)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(page, content_type="text/plain; charset=utf-8", headers=headers)


@admin.register(TaskTemplate)
class TaskTemplateAdmin(ScopedModelAdmin):
    write_permission = Permission.SETTINGS_MANAGE
    nav = NavEntry("work", 3, _("Task templates"))
    icon = "template"
    intro = _("What labelers read and which tools they have. Jobs keep the version they began with.")
    add_label = _("New task template")
    empty_title = _("No task template yet")
    empty_text = _("Write down what labelers shall do, and see it in the editor while you write.")
    list_display = ("name", "title", "tools", "limit", "jobs")
    search_fields = ("name",)
    search_help_text = _("Name")
    ordering = ("name",)
    change_form_template = "admin/manage/task_template.html"
    change_list_template = "admin/manage/task_templates.html"
    object_actions = (ObjectAction("liquid", _("Download as Liquid"), Permission.SETTINGS_MANAGE, _download),)

    def extra_urls(self) -> list[URLPattern]:
        return [path("hosts/", self.guarded(self.hosts_view), name=self.url_name("hosts"))]

    def hosts_view(self, request: HttpRequest) -> HttpResponse:
        return csrf_protect(HostsPage(self).answer)(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request).annotate(job_count=Count("jobs"))
        return found

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        versions = TaskTemplateVersion.objects.filter(task_template__in=rows, number=F("task_template__current_number"))
        found = {version.task_template_id: version for version in versions}
        for row in rows:
            row.shown = found.get(row.pk)

    @admin.display(description=_("title"))
    def title(self, template: Any) -> str:
        return template.shown.title if template.shown else "–"

    @admin.display(description=_("tools"))
    def tools(self, template: Any) -> str:
        return ", ".join(template.shown.tools) if template.shown else "–"

    @admin.display(description=_("minutes"))
    def limit(self, template: Any) -> str:
        return f"{template.shown.time_limit_seconds / 60:g}" if template.shown else "–"

    @admin.display(description=_("jobs"), ordering="job_count")
    def jobs(self, template: Any) -> str:
        return str(template.job_count)

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        return TemplateForm(data, initial=_initial(obj))

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        assert isinstance(form, TemplateForm)
        refuse_stale(obj, form.cleaned_data["seen"])
        return save_task_template(task_template_id=obj.pk if obj is not None else None, **form.content())

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("%(name)s was saved; its version is now %(number)d.") % {
            "name": obj.name,
            "number": obj.current_number,
        }

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        shown = {
            name: value
            for name, value in _initial(obj).items()
            if name in CONTENT and name not in ("time_limit_seconds", "source")
        }
        context: dict[str, Any] = {"preview": preview_data(template=shown)}
        if obj is not None:
            found = TaskTemplateVersion.objects.filter(task_template=obj).order_by("-number")[:SHOWN_VERSIONS]
            context["versions"] = [(version, version.title) for version in found]
            context["use"] = ngettext("One job uses it.", "%(count)d jobs use it.", obj.job_count) % {
                "count": obj.job_count
            }
        return context


def _initial(template: Any | None) -> dict[str, Any]:
    version = current_version(template) if template is not None else None
    if template is None or version is None:
        return {
            "title": "",
            "instructions": "",
            "source": "",
            "tools": list(TOOLS),
            "time_limit_minutes": 60,
            "allow_empty": True,
            "allow_impossible": True,
            "require_full_coverage": False,
        }
    values: dict[str, Any] = {name: getattr(version, name) for name in CONTENT if name != "time_limit_seconds"}
    return {
        **values,
        "name": template.name,
        "seen": template.current_number,
        "time_limit_minutes": f"{version.time_limit_seconds / 60:g}",
    }
