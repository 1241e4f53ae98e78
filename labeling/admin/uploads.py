"""Photos brought by the browser: a folder, thousands of files, resumable."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.models import Upload, UploadedFile
from labeling.models.upload import UploadPurpose
from labeling.services.uploads import MANIFEST_ENDINGS, complete_upload, create_upload
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge, moment, thumbnail
from maskwright.organizations.permissions import Permission

FILES_PER_PAGE = 100


class UploadForm(ServiceForm):
    sections = (Section(_("New upload"), ("name",), _("Next you choose the folder or the files.")),)

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("So that you find the photos again."))


class UploadStateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("open", _("not finished")), ("complete", _("complete"))]

    def matching(self, queryset: Any, chosen: str) -> Any:
        return queryset.filter(completed_at__isnull=chosen == "open")


def _complete(request: HttpRequest, actor: Actor, upload: Upload) -> str:
    complete_upload(upload_id=upload.pk)
    return gettext("The upload is complete. Jobs can use its photos.")


@admin.register(Upload)
class UploadAdmin(ScopedModelAdmin):
    write_permission = Permission.JOBS_MANAGE
    changes = False
    nav = NavEntry("photos", 1, _("Uploads"))
    icon = "photo"
    intro = _("Folders of photos from your computer, kept in this installation's own storage.")
    add_label = _("Upload photos")
    submit_label = _("Continue")
    empty_title = _("No photos yet")
    empty_text = _("Bring a folder of JPEG or PNG files, also thousands. You may stop and go on later.")
    list_display = ("name", "photos", "size", "state", "created")
    list_filter = (UploadStateFilter,)
    search_fields = ("name",)
    search_help_text = _("Name")
    ordering = ("-id",)
    change_form_template = "admin/manage/upload.html"
    object_actions = (
        ObjectAction(
            "complete",
            _("Finish"),
            Permission.JOBS_MANAGE,
            _complete,
            confirm=_("No more files can be added then. Jobs can use the photos that are there."),
            available=lambda upload: upload.completed_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Folders of photos; the pictures of instructions are put in where instructions are written."""
        found: QuerySet[Any] = super().get_queryset(request).filter(purpose=UploadPurpose.PHOTOS)
        return found

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        found = {row["upload_id"]: row for row in _totals(rows)}
        for row in rows:
            row.totals = found.get(row.pk, {"files": 0, "size": 0})

    @admin.display(description=_("files"))
    def photos(self, upload: Any) -> str:
        return f"{upload.totals['files']:,}"

    @admin.display(description=_("size"))
    def size(self, upload: Any) -> str:
        return str(filesizeformat(upload.totals["size"]))

    @admin.display(description=_("state"))
    def state(self, upload: Upload) -> str:
        return badge(_("complete"), "success") if upload.completed_at else badge(_("not finished"), "warning")

    @admin.display(description=_("begun (UTC)"), ordering="id")
    def created(self, upload: Upload) -> str:
        return moment(upload.created_at)

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        return UploadForm(data, initial=None if obj is None else {"name": obj.name})

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        return create_upload(name=form.cleaned_data["name"], user_id=actor.user_id)

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        return HttpResponseRedirect(self.object_url(obj))

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        self.prepare_rows(request, [obj])
        files = UploadedFile.objects.filter(upload=obj).order_by("name")
        part = Paginator(files, FILES_PER_PAGE).get_page(request.GET.get("p"))
        rows = [(file, thumbnail(_picture_url(file))) for file in part.object_list]
        facts = [
            (_("State"), self.state(obj)),
            (_("Files"), self.photos(obj)),
            (_("Size"), self.size(obj)),
            (_("Begun (UTC)"), moment(obj.created_at)),
            (_("Complete (UTC)"), moment(obj.completed_at)),
        ]
        may_send = obj.completed_at is None and super().has_add_permission(request)
        job_url = f"{reverse('admin:labeling_labelingjob_add')}?upload={obj.pk}"
        return {
            "facts": facts,
            "part": part,
            "rows": rows,
            "may_send": may_send,
            "job_url": job_url if obj.completed_at else "",
        }


def _picture_url(file: Any) -> str:
    """Manifests lie among the photos too."""
    is_photo = not file.name.lower().endswith(MANIFEST_ENDINGS)
    return reverse("upload_thumbnail", args=[file.upload_id, file.name]) if is_photo else ""


def _totals(uploads: list[Any]) -> Any:
    files = UploadedFile.objects.filter(upload__in=uploads).order_by()
    return files.values("upload_id").annotate(files=Count("pk"), size=Sum("bytes"))
