"""Storage connections: where the organization's photos and results lie. Credentials go in and never come out."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.models import StorageConnection
from labeling.models.storage_connection import StorageKind
from labeling.services.storage_connections import remove_storage_connection, save_storage_connection, test_connection
from labeling.storage.connections import CREDENTIALS, SCHEME_OF
from maskwright.core.wording import reword
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge, moment
from maskwright.organizations.permissions import Permission

WORKS = "Everything works."
ALL_CREDENTIALS = tuple(dict.fromkeys(name for names in CREDENTIALS.values() for name in names))
SETTINGS = ("name", "kind", "container", "endpoint", "region", "is_writable", "role_arn", "is_default")


def _secret(label: Any, help_text: Any = "") -> forms.CharField:
    """Write-only: what is stored never comes back into a page."""
    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget, help_text=help_text)


class ConnectionForm(ServiceForm):
    sections = (
        Section(_("Where"), ("name", "kind", "container", "is_writable")),
        Section(_("Server"), ("endpoint", "region"), context={"kinds": "s3 gcs azure"}),
        Section(
            _("Scripts written for Ground Truth"),
            ("role_arn", "is_default"),
            _("Such scripts name an IAM role. A connection stands for it here, with its own credentials."),
            folded=True,
        ),
        Section(
            _("Access"),
            ("access_key", "secret_key", "session_token"),
            _("Stored encrypted and never shown again. Leave all of it empty to keep what is stored."),
            context={"kinds": "s3"},
        ),
        Section(
            _("Access"),
            ("service_account_json",),
            _("Stored encrypted and never shown again. Leave it empty to keep what is stored."),
            context={"kinds": "gcs"},
        ),
        Section(
            _("Access"),
            ("connection_string", "account_name", "account_key", "sas_token"),
            _("Stored encrypted and never shown again. Leave all of it empty to keep what is stored."),
            context={"kinds": "azure"},
        ),
    )
    paths = {f"credentials.{name}": name for name in ALL_CREDENTIALS}

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"))
    container = forms.CharField(
        label=_("Bucket, container or folder"), max_length=500, help_text=_("Its name alone, without s3:// and path.")
    )
    is_writable = forms.BooleanField(
        label=_("Results may be written there"), required=False, help_text=_("Without it, jobs only read photos there.")
    )
    endpoint = forms.URLField(
        label=_("Endpoint"),
        required=False,
        assume_scheme="https",
        help_text=_("Only for storage that is not the cloud vendor's own, such as MinIO. The operator allows hosts."),
    )
    region = forms.CharField(label=_("Region"), required=False, max_length=40, help_text=_("Such as eu-central-1."))
    role_arn = forms.CharField(
        label=_("ARN of the role"),
        required=False,
        max_length=2048,
        help_text=_("Such as arn:aws:iam::123456789012:role/labeling. Several connections may stand for one role."),
    )
    is_default = forms.BooleanField(label=_("Stands for every role that no connection names"), required=False)
    access_key = _secret(_("Access key"))
    secret_key = _secret(_("Secret key"))
    session_token = _secret(_("Session token"), _("Only for temporary keys."))
    service_account_json = forms.CharField(
        label=_("Key file of a service account (JSON)"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mw-mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    connection_string = _secret(_("Connection string"), _("Alone; it holds the account's name and key or SAS token."))
    account_name = forms.CharField(label=_("Storage account"), required=False, max_length=100)
    account_key = _secret(_("Account key"))
    sas_token = _secret(_("SAS token"), _("Instead of the account key."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        local = (StorageKind.LOCAL,) if not settings.LOCAL_STORAGE_ROOTS else ()  # where the operator allows no folder
        kinds = [(value, label) for value, label in StorageKind.choices if value not in local]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def entered(self) -> dict[str, str] | None:
        """The credentials of the chosen kind that were typed in; None when none was."""
        names = CREDENTIALS.get(self.cleaned_data["kind"], ())
        found = {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
        return found or None


def _test(request: HttpRequest, actor: Actor, connection: StorageConnection) -> str:
    report = test_connection(connection_id=connection.pk)
    if report.ok:
        return reword(report.message)
    messages.error(request, reword(report.message))
    return ""


def _remove(request: HttpRequest, actor: Actor, connection: StorageConnection) -> str:
    remove_storage_connection(connection_id=connection.pk)
    return gettext("The connection %(name)s and its credentials were removed.") % {"name": connection.name}


@admin.register(StorageConnection)
class StorageConnectionAdmin(ScopedModelAdmin):
    write_permission = Permission.SETTINGS_MANAGE
    nav = NavEntry("photos", 2, _("Storage connections"))
    icon = "storage"
    intro = _("Buckets and folders of your own: jobs read photos from there and write results to it.")
    add_label = _("New storage connection")
    empty_title = _("No storage connection yet")
    empty_text = _("Connect a bucket when your photos are in the cloud. For a folder on your computer, use an upload.")
    list_display = ("name", "kind_name", "address", "writable", "tested")
    search_fields = ("name", "container")
    search_help_text = _("Name or bucket")
    ordering = ("name",)
    change_form_template = "admin/manage/storage_connection.html"
    object_actions = (
        ObjectAction("test", _("Test"), Permission.SETTINGS_MANAGE, _test),
        ObjectAction(
            "remove",
            _("Remove"),
            Permission.SETTINGS_MANAGE,
            _remove,
            confirm=_("The connection and its credentials are forgotten. What lies in the storage stays there."),
            style="danger",
        ),
    )

    @admin.display(description=_("kind"), ordering="kind")
    def kind_name(self, connection: StorageConnection) -> str:
        return str(StorageKind(connection.kind).label)

    @admin.display(description=_("address"), ordering="container")
    def address(self, connection: StorageConnection) -> str:
        return f"{SCHEME_OF[connection.kind]}://{connection.container.lstrip('/')}/"

    @admin.display(description=_("results"), ordering="is_writable")
    def writable(self, connection: StorageConnection) -> str:
        return gettext("may be written") if connection.is_writable else gettext("read only")

    @admin.display(description=_("last test"))
    def tested(self, connection: StorageConnection) -> str:
        if connection.tested_at is None:
            return badge(_("not tested"))
        return badge(_("works"), "success") if connection.test_result == WORKS else badge(_("does not work"), "danger")

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        initial: dict[str, Any] = {"is_writable": True}
        if obj is not None:
            initial = {name: getattr(obj, name) for name in SETTINGS}
        return ConnectionForm(data, initial=initial)

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        assert isinstance(form, ConnectionForm)
        entered = form.entered()
        return save_storage_connection(
            connection_id=obj.pk if obj is not None else None,
            credentials=entered if obj is not None else entered or {},
            **{name: form.cleaned_data[name] for name in SETTINGS},
        )

    def saved_message(self, obj: Any, added: bool) -> str:
        return gettext("%(name)s was saved. Test it now, so that jobs do not find out later.") % {"name": obj.name}

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        facts = [
            (_("Address of its photos"), self.address(obj)),
            (_("Credentials"), _("stored, encrypted") if obj.credentials else _("none: read without signing in")),
            (_("Last test (UTC)"), moment(obj.tested_at, gettext("never"))),
            (_("Result"), reword(obj.test_result) or "–"),
        ]
        return {"facts": facts, "test_failed": obj.test_result not in ("", WORKS)}
