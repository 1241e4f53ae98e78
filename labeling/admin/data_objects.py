"""Data objects: a job's photos, each with its answers, its mask, its history, and why it failed."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.gold_action import GOLD_ACTION
from labeling.admin.object_reviews import comment_layers, reviews_of, type_facts, version_layers, versions_of
from labeling.admin.people import People
from labeling.admin.words import answer_badge, object_states, reason, task_badge
from labeling.models import Annotation, DataObject, JobRevision, LabelingJob
from labeling.object_code import code_of, is_code
from labeling.selectors.objects import UNUSABLE, ObjectDetail, object_detail, object_rows, task_of
from labeling.selectors.progress import job_progress
from labeling.services.retries import retry_object
from labeling.states import AnnotationKind, AnnotationState, TaskState
from maskwright.core.scope import current_scope
from maskwright.core.wording import reword
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import ScopedModelAdmin
from maskwright.organizations.admin_filters import ChoiceFilter
from maskwright.organizations.admin_history import describe, events_about
from maskwright.organizations.admin_html import badge, moment, thumbnail
from maskwright.organizations.permissions import Permission
from workforce.states import ClaimState, Stage

JOBS_TO_CHOOSE = 100
RECENT_EVENTS = 20


class JobFilter(ChoiceFilter):
    title = _("job")
    parameter_name = "job"
    field_path = "job_id"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        jobs = LabelingJob.objects.filter(organization_id=current_scope().organization_id)
        chosen = jobs.filter(pk=_uuid(request.GET.get("job")))
        newest = jobs.order_by("-id").values_list("pk", "name")[:JOBS_TO_CHOOSE]
        return [(str(pk), name) for pk, name in dict([*newest, *chosen.values_list("pk", "name")]).items()]


class ObjectStateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return object_states()

    def matching(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        return queryset.exclude(problem_code="") if chosen == UNUSABLE else queryset.filter(task__state=chosen)


class ReasonFilter(ChoiceFilter):
    """The reasons that the chosen job's preflight found."""

    title = _("reason")
    parameter_name = "reason"
    field_path = "problem_code"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        jobs = LabelingJob.objects.filter(organization_id=current_scope().organization_id)
        job = jobs.filter(pk=_uuid(request.GET.get("job"))).only("preflight").first()
        return [(code, reason(code)) for code in sorted(job.preflight.get("reasons", {}))] if job else []


def _uuid(text: str | None) -> uuid.UUID:
    """What the address says, or the id that no row has."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.UUID(int=0)


def _may_retry(item: Any) -> bool:
    task = task_of(item)
    return task.state == TaskState.FAILED if task is not None else bool(item.problem_code and item.source_ref)


def _retry(request: HttpRequest, actor: Actor, item: DataObject) -> str:
    retry_object(object_id=item.pk)
    return gettext("It is being tried again.")


@admin.register(DataObject)
class DataObjectAdmin(ScopedModelAdmin):
    can_add = False
    changes = False
    icon = "photo"
    empty_title = _("No photos yet")
    empty_text = _("The photos of labeling jobs appear here as soon as their input has been read.")
    list_display = ("thumbnail", "photo", "job_name", "state", "problem_words", "answers", "agreement", "size")
    list_display_links = ("thumbnail", "photo")
    list_filter = (JobFilter, ObjectStateFilter, ReasonFilter)
    search_fields = ("source_ref",)
    search_help_text = _("Part of the file name, or what labelers call it")
    ordering = ("-job_id", "index")
    change_list_template = "admin/manage/data_objects.html"
    object_actions = (
        ObjectAction("retry", _("Try again"), Permission.JOBS_MANAGE, _retry, available=_may_retry, style="primary"),
        GOLD_ACTION,
    )

    @property
    def plural(self) -> str:
        return gettext("Photos of jobs")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request).select_related("task", "job__work_queue").defer("line")
        return found

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        found, doubles = super().get_search_results(request, queryset, search_term)
        if is_code(search_term):
            text = Cast("pk", TextField())
            found = found | queryset.filter(
                pk__in=queryset.annotate(text=text).filter(text__endswith=search_term.strip().lower()).values("pk")
            )
        return found, doubles

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        for row in object_rows(rows):
            row.item.row = row  # type: ignore[attr-defined]  # for this page

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without the columns that would say the same in every row."""
        shown = [name for name in self.list_display if isinstance(name, str)]
        without = {"job_name"} if request.GET.get("job") else set()
        return [name for name in shown if name not in without]

    @admin.display(description="")
    def thumbnail(self, item: Any) -> str:
        return thumbnail_of(item)

    @admin.display(description=_("photo"), ordering="index")
    def photo(self, item: Any) -> str:
        name = item.source_ref.rpartition("/")[2] or gettext("line %(number)d") % {"number": item.index + 1}
        return format_html('<span class="mw-number mw-muted">{}</span> {}', item.index, name)

    @admin.display(description=_("job"))
    def job_name(self, item: Any) -> str:
        return str(item.job.name)

    @admin.display(description=_("state"))
    def state(self, item: Any) -> str:
        task = task_of(item)
        if task is not None:
            return task_badge(task.state)
        return task_badge(UNUSABLE) if item.problem_code else badge(_("being checked"))

    @admin.display(description=_("answers"))
    def answers(self, item: Any) -> str:
        return f"{item.row.answers} / {item.job.work_queue.labelers_wanted}" if item.row.task else "–"

    @admin.display(description=_("agreement"))
    def agreement(self, item: Any) -> str:
        disputed = item.row.disputed
        return "–" if disputed is None else f"{1 - disputed:.0%}"

    @admin.display(description=_("pixels"))
    def size(self, item: Any) -> str:
        return f"{item.width} × {item.height}" if item.width else "–"

    @admin.display(description=_("problem"))
    def problem_words(self, item: Any) -> str:
        task = task_of(item)
        return reword(item.problem or (task.failure_reason if task else "")) or "–"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        job = None
        if self.has_view_permission(request) and request.GET.get("job"):
            chosen = _uuid(request.GET["job"])
            job = LabelingJob.objects.filter(pk=chosen, organization_id=current_scope().organization_id).first()
        title = {"title": gettext("Photos of %(name)s") % {"name": job.name}} if job else {}
        parts = _parts(job, request) if job else []
        return super().changelist_view(request, {**(extra_context or {}), **title, "job": job, "parts": parts})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: Any = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        item = self.object_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        detail = object_detail(item.pk)
        workers = [one.worker for one in detail.annotations] + [one.worker for one in detail.claims]
        people = People(request, workers)
        context = {
            **self.admin_site.each_context(request),
            "title": item.source_ref.rpartition("/")[2] or self._line(item),
            "opts": self.opts,
            "page": self,
            "object": item,
            "object_actions": self.actions_of(request, item),
            "job_url": reverse("admin:labeling_labelingjob_change", args=[item.job_id]),
            "state": self.state(item),
            "viewer": viewer_data(detail, people),
            "detail": detail,
            "answers": [_answer(one, people) for one in detail.annotations if one.stage == Stage.LABEL],
            "gold_action": next((one for one in self.actions_of(request, item) if one is GOLD_ACTION), None),
            "reviews": reviews_of(detail, people),
            "versions": versions_of(detail),
            "claims": [(claim, people.cell(claim.worker), ClaimState(claim.state).label) for claim in detail.claims],
            "problem": reword(item.problem or (detail.task.failure_reason if detail.task else "")),
            "line": item.line,
            "facts": _facts(detail),
            "rows": describe(events_about(self.history_subjects(item))[:RECENT_EVENTS]),
            "neighbours": _neighbours(item),
        }
        return self._respond(request, "admin/manage/data_object.html", context)

    @staticmethod
    def _line(item: DataObject) -> str:
        return gettext("Line %(number)d") % {"number": item.index + 1}

    def history_subjects(self, obj: Any) -> Sequence[uuid.UUID]:
        detail = object_detail(obj.pk)
        parts = [detail.task] if detail.task is not None else []
        return [obj.pk, *(part.pk for part in [*parts, *detail.annotations, *detail.claims])]


def thumbnail_of(item: Any) -> SafeString:
    url = reverse("object_thumbnail", args=[item.pk]) if item.image_sha256 else ""
    return thumbnail(
        url, width=item.width, height=item.height, says=gettext("Photo %(number)s") % {"number": item.index}
    )


def viewer_data(detail: ObjectDetail, people: People) -> dict[str, Any] | None:
    """The `json_script` of `<mw-object-viewer>`; None where there is no photo to show."""
    item = detail.item
    if not item.format or not item.width or not item.height:
        return None
    layers = []
    if detail.consolidated is not None:
        mask = reverse("object_mask", args=[item.pk])
        layers.append({"id": "mask", "name": gettext("Consolidated mask"), "kind": "mask", "url": mask})
        if detail.consolidated.disagreement_sha256:
            heat = reverse("object_disagreement", args=[item.pk])
            layers.append({"id": "heat", "name": gettext("Disagreement"), "kind": "disagreement", "url": heat})
    layers += comment_layers(detail, people)
    for annotation in detail.annotations:
        if annotation.kind == AnnotationKind.MASK:
            url = reverse("annotation_mask", args=[annotation.pk])
            layers.append({"id": str(annotation.pk), "name": _author(annotation, people), "kind": "mask", "url": url})
    layers += version_layers(detail)
    revision = JobRevision.objects.filter(job_id=item.job_id).order_by("-number").first()
    return {
        "image": reverse("object_image", args=[item.pk]),
        "width": item.width,
        "height": item.height,
        "layers": layers,
        "categories": item.prior_categories or (revision.categories if revision else []),
    }


def _parts(job: LabelingJob, request: HttpRequest) -> list[dict[str, Any]]:
    """How the job's photos stand, each a link to those photos: one line that shows the whole job at a glance."""
    progress = job_progress(job.pk)
    counts = {**progress.tasks, UNUSABLE: progress.unusable}
    chosen = request.GET.get("state", "")
    everything = {"label": gettext("All"), "count": progress.total, "state": "", "chosen": not chosen}
    found = [
        {"label": label, "count": counts[state], "state": state, "chosen": chosen == state}
        for state, label in object_states()
        if counts.get(state)
    ]
    return [everything, *found]


def _author(annotation: Annotation, people: People) -> str:
    who = {"who": people.text(annotation.worker)}
    if annotation.stage == Stage.REVIEW:
        return gettext("Mask of the reviewer %(who)s") % who
    if annotation.state == AnnotationState.RETURNED:
        return gettext("Answer of %(who)s, sent back") % who
    return gettext("Answer of %(who)s") % who


def _answer(annotation: Annotation, people: People) -> dict[str, Any]:
    """One row of the table of answers."""
    content = annotation.content if isinstance(annotation.content, dict) else {}
    said = content.get("reason", "") or ": ".join(filter(None, [content.get("label"), content.get("comment")]))
    return {
        "id": annotation.pk if annotation.kind in (AnnotationKind.MASK, AnnotationKind.EMPTY) else None,
        "who": people.cell(annotation.worker),
        "kind": AnnotationKind(annotation.kind).label,
        "said": said,
        "state": _answer_state(annotation),
        "at": moment(annotation.submitted_at),
        "seconds": round(annotation.active_seconds),
        "revision": annotation.revision,
    }


def _answer_state(annotation: Annotation) -> str:
    """`is_counted` was added by the selector."""
    if annotation.state == AnnotationState.ACCEPTED and not annotation.is_counted:
        return badge(_("of an earlier round"))
    return answer_badge(annotation.state)


def _facts(detail: ObjectDetail) -> list[tuple[Any, Any]]:
    item, consolidated = detail.item, detail.consolidated
    facts: list[tuple[Any, Any]] = [
        (_("Job"), item.job.name),
        (_("Index"), item.index),
        (_("Labelers call it"), code_of(item.pk)),
        (_("Pixels"), f"{item.width} × {item.height}" if item.width else "–"),
        (_("Address"), item.source_ref or "–"),
    ]
    if consolidated is not None:
        disputed = consolidated.details.get("disputed_share") if isinstance(consolidated.details, dict) else None
        facts += [
            (_("Confidence"), f"{consolidated.confidence:.2f}"),
            (_("Consolidated by"), consolidated.rule),
            (_("Consolidated (UTC)"), moment(consolidated.creation_date)),
        ]
        facts += type_facts(consolidated.details)
        if isinstance(disputed, float) and "verdict" not in consolidated.details:
            facts.append((_("Disputed pixels"), f"{disputed:.1%}"))
    return facts


def _neighbours(item: DataObject) -> dict[str, DataObject | None]:
    around = DataObject.objects.filter(job_id=item.job_id)
    return {
        "previous": around.filter(index__lt=item.index).order_by("-index").only("pk").first(),
        "next": around.filter(index__gt=item.index).order_by("index").only("pk").first(),
    }
