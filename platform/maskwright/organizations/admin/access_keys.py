"""The organization's access keys for the SageMaker API; pages for owners."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin, actor_of
from maskwright.organizations.admin_forms import Section, ServiceForm, utc_input
from maskwright.organizations.admin_html import badge
from maskwright.organizations.models import AccessKey
from maskwright.organizations.permissions import Permission, can
from maskwright.organizations.services import access_keys


class AccessKeyForm(ServiceForm):
    sections = (
        Section(
            _("New access key"),
            ("name", "expires_at", "scopes"),
            _("Scripts written for Ground Truth sign their requests with it. The secret is shown once."),
        ),
    )

    name = forms.CharField(label=_("What it is for"), max_length=100)
    expires_at = forms.DateTimeField(
        label=_("Works until (UTC)"), required=False, widget=utc_input(), help_text=_("Empty: until you end it.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing the key may do.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(one.value, one.label) for one in Permission if can(actor, one)]  # type: ignore[attr-defined]


def _switch(works: bool, said: Any) -> Any:
    def run(request: HttpRequest, actor: Actor, key: AccessKey) -> str:
        access_keys.switch_access_key(access_key_id=key.pk, works=works)
        return str(said)

    return run


def _end(request: HttpRequest, actor: Actor, key: AccessKey) -> str:
    access_keys.end_access_key(access_key_id=key.pk)
    return gettext("The access key has ended.")


def _rotate(request: HttpRequest, actor: Actor, key: AccessKey) -> HttpResponse:
    made = access_keys.rotate_access_key(access_key_id=key.pk)
    return _page().made_page(request, made)


def _page() -> "AccessKeyAdmin":
    page = admin.site._registry[AccessKey]
    assert isinstance(page, AccessKeyAdmin)
    return page


@admin.register(AccessKey)
class AccessKeyAdmin(ScopedModelAdmin):
    """Lasting keys that have not ended; temporary ones are made by scripts and run out by themselves."""

    read_permission = Permission.KEYS_MANAGE
    write_permission = Permission.KEYS_MANAGE
    changes = False
    nav = NavEntry("people", 9, _("Access keys"))
    icon = "token"
    intro = _("Keys for scripts that were written for Amazon SageMaker Ground Truth: boto3, the AWS command line.")
    add_label = _("New access key")
    empty_title = _("There are no access keys")
    empty_text = _("Make one when a script written for Ground Truth is to work here.")
    list_display = ("name", "shown_id", "state", "maker", "last_used", "until")
    ordering = ("-created_at",)
    change_form_template = "admin/manage/facts_page.html"
    object_actions = (
        ObjectAction(
            "rotate",
            _("Rotate"),
            Permission.KEYS_MANAGE,
            _rotate,
            confirm=_("You get a new key with the same rights. This one goes on working for 24 hours."),
            available=access_keys.is_working,
        ),
        ObjectAction(
            "switch-off",
            _("Switch off"),
            Permission.KEYS_MANAGE,
            _switch(False, _("The access key does not work any more, until it is switched on.")),
            confirm=_("Scripts that use this key stop working at once. You can switch it on again."),
            available=lambda key: key.disabled_at is None,
        ),
        ObjectAction(
            "switch-on",
            _("Switch on"),
            Permission.KEYS_MANAGE,
            _switch(True, _("The access key works again.")),
            available=lambda key: key.disabled_at is not None,
        ),
        ObjectAction(
            "end",
            _("End"),
            Permission.KEYS_MANAGE,
            _end,
            confirm=_("Scripts that use this key stop working at once. This cannot be undone."),
            style="danger",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(parent=None, ended_at=None).select_related("user")

    @admin.display(description=_("key id"))
    def shown_id(self, key: AccessKey) -> str:
        return format_html("<code>{}</code>", key.key_id)

    @admin.display(description=_("state"))
    def state(self, key: AccessKey) -> str:
        if key.disabled_at is not None:
            return badge(_("switched off"))
        return badge(_("works"), "success") if access_keys.is_working(key) else badge(_("run out"))

    @admin.display(description=_("acts as"))
    def maker(self, key: AccessKey) -> str:
        return key.user.get_full_name()

    @admin.display(description=_("last used (UTC)"), ordering="last_used_at")
    def last_used(self, key: AccessKey) -> str:
        return key.last_used_at.strftime("%Y-%m-%d %H:%M") if key.last_used_at else gettext("never")

    @admin.display(description=_("works until"), ordering="expires_at")
    def until(self, key: AccessKey) -> str:
        return key.expires_at.strftime("%Y-%m-%d %H:%M") if key.expires_at else gettext("until it is ended")

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        return AccessKeyForm(data, actor=actor_of(request), initial={} if obj is None else {"name": obj.name})

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        made = access_keys.create_access_key(
            user=actor.user, made_with=getattr(request, "token_id", None), **form.cleaned_data
        )
        made.key.made = made  # type: ignore[attr-defined]  # for this one answer
        return made.key

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        return self.made_page(request, obj.made)

    def made_page(self, request: HttpRequest, made: access_keys.NewKey) -> HttpResponse:
        return self.secret_page(
            request,
            title=gettext("The access key is ready"),
            label=gettext("Secret access key"),
            secret=made.secret,
            lead=gettext("Give both to the program that signs its requests: they are one pair."),
            beside=[(gettext("Access key id"), made.key.key_id)],
        )

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        may = "; ".join(str(one.label) for one in Permission if obj.scopes is None or one.value in obj.scopes)
        facts = [
            (_("State"), self.state(obj)),
            (_("Key id"), self.shown_id(obj)),
            (_("Account id"), obj.organization.account_id),
            (_("Acts as"), self.maker(obj)),
            (_("May"), may),
            (_("Temporary keys that work"), self._sessions(obj)),
            (_("Last used (UTC)"), self.last_used(obj)),
            (_("Works until"), self.until(obj)),
        ]
        return {"title": obj.name, "facts": facts}

    @staticmethod
    def _sessions(key: AccessKey) -> int:
        return AccessKey.objects.filter(parent=key, ended_at=None, expires_at__gt=timezone.now()).count()
