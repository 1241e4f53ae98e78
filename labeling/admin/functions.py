"""Functions behind ARNs: pages for owners. A webhook's secret is shown once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.functions.entry_points import installed_functions
from labeling.models import LabelingFunction
from labeling.models.function import FunctionKind
from labeling.services.functions import (
    NewFunction,
    remove_function,
    renew_secret,
    save_function,
    try_function,
)
from labeling.services.functions.connecting import BUILTIN, MAX_BATCH, MAX_TIMEOUT, MIN_TIMEOUT
from maskwright.core.wording import reword
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge, moment
from maskwright.organizations.permissions import Permission

_FIELDS = ("arn", "description", "kind", "target", "timeout_seconds", "batch_size")


class FunctionForm(ServiceForm):
    sections = (
        Section(
            _("Function"),
            ("arn", "description", "kind", "target"),
            _("Scripts go on naming their ARNs; here you say what answers for one."),
        ),
        Section(_("Limits"), ("timeout_seconds", "batch_size"), folded=True),
    )

    arn = forms.CharField(
        label=_("ARN"),
        max_length=2048,
        help_text=_("As scripts name it, such as arn:aws:lambda:us-east-1:123456789012:function:check-labels."),
    )
    description = forms.CharField(label=_("What it does"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("What answers for it"), choices=FunctionKind.choices, widget=forms.RadioSelect)
    target = forms.CharField(label=_("Where it is"), max_length=500)
    timeout_seconds = forms.IntegerField(
        label=_("Seconds to wait for an answer"), min_value=MIN_TIMEOUT, max_value=MAX_TIMEOUT
    )
    batch_size = forms.IntegerField(
        label=_("Objects in one call"),
        min_value=1,
        max_value=MAX_BATCH,
        help_text=_("Of a consolidation function. A pre-annotation function is asked about one object at a time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        installed = ", ".join(installed_functions()) or gettext("none")
        self.fields["target"].help_text = gettext(
            "A webhook's https address; a built-in's task type (%(builtin)s); or an installed Python function "
            "(installed here: %(installed)s)."
        ) % {"builtin": ", ".join(BUILTIN), "installed": installed}


def _try(request: HttpRequest, actor: Actor, function: LabelingFunction) -> str:
    try_function(function_id=function.pk)
    return gettext("The function is being called. How it went stands here within a minute.")


def _remove(request: HttpRequest, actor: Actor, function: LabelingFunction) -> str:
    remove_function(function_id=function.pk)
    return gettext("The function and its secret were removed.")


def _renew(request: HttpRequest, actor: Actor, function: LabelingFunction) -> HttpResponse:
    return _page().made_page(request, renew_secret(function_id=function.pk))


def _page() -> "LabelingFunctionAdmin":
    page = admin.site._registry[LabelingFunction]
    assert isinstance(page, LabelingFunctionAdmin)
    return page


def _is_webhook(function: LabelingFunction) -> bool:
    return function.kind == FunctionKind.WEBHOOK


@admin.register(LabelingFunction)
class LabelingFunctionAdmin(ScopedModelAdmin):
    read_permission = Permission.INTEGRATIONS_MANAGE
    write_permission = Permission.INTEGRATIONS_MANAGE
    nav = NavEntry("programs", 1, _("Functions"))
    icon = "function"
    intro = _("What answers where a labeling job names a pre-annotation or consolidation function.")
    add_label = _("Connect a function")
    empty_title = _("No function is connected")
    empty_text = _("The built-in functions of semantic segmentation need none. Connect one to prepare or check labels.")
    list_display = ("shown_arn", "kind_name", "target", "state")
    search_fields = ("arn", "description")
    search_help_text = _("ARN or description")
    ordering = ("arn",)
    change_form_template = "admin/manage/facts_and_form.html"
    object_actions = (
        ObjectAction(
            "try",
            _("Try"),
            Permission.INTEGRATIONS_MANAGE,
            _try,
            available=lambda function: function.kind != FunctionKind.BUILTIN,
        ),
        ObjectAction(
            "secret",
            _("New secret"),
            Permission.INTEGRATIONS_MANAGE,
            _renew,
            confirm=_("The former secret signs nothing any more. Give the new one to the webhook's server at once."),
            available=_is_webhook,
        ),
        ObjectAction(
            "remove",
            _("Remove"),
            Permission.INTEGRATIONS_MANAGE,
            _remove,
            confirm=_("The function and its secret are forgotten. Jobs that name its ARN are refused from then on."),
            style="danger",
        ),
    )

    @admin.display(description=_("ARN"), ordering="arn")
    def shown_arn(self, function: LabelingFunction) -> str:
        return format_html("<code>{}</code>", function.arn)

    @admin.display(description=_("what answers"), ordering="kind")
    def kind_name(self, function: LabelingFunction) -> str:
        return str(FunctionKind(function.kind).label)

    @admin.display(description=_("last call"))
    def state(self, function: LabelingFunction) -> str:
        if function.last_called_at is None:
            return badge(_("not called yet"))
        return badge(_("failed"), "danger") if function.last_error else badge(_("works"), "success")

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        initial: dict[str, Any] = {"kind": FunctionKind.WEBHOOK, "timeout_seconds": 30, "batch_size": 10}
        if obj is not None:
            initial = {name: getattr(obj, name) for name in _FIELDS}
        return FunctionForm(data, initial=initial)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        made = save_function(function_id=obj.pk if obj is not None else None, **form.cleaned_data)
        made.function.made = made  # type: ignore[attr-defined]  # for this one answer
        return made.function

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        made: NewFunction = obj.made
        return self.made_page(request, made) if made.secret else super().response_saved(request, obj, added)

    def made_page(self, request: HttpRequest, made: NewFunction) -> HttpResponse:
        return self.secret_page(
            request,
            title=gettext("The webhook's secret"),
            label=gettext("Secret"),
            secret=made.secret,
            lead=gettext("The webhook's server checks with it that a call comes from here."),
            beside=[(gettext("ARN"), made.function.arn)],
        )

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        facts = [
            (_("Last call (UTC)"), moment(obj.last_called_at, gettext("never"))),
            (_("Result"), reword(obj.last_error) or (gettext("Works.") if obj.last_called_at else "–")),
        ]
        return {"title": str(obj), "facts": facts}
