"""The page that withdraws answers: choose whose and since when, see what will happen, do it, undo it once.

The same for a job's managers and, with its own people only, for a vendor's.
"""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.people import People
from labeling.models import LabelingJob
from labeling.selectors.withdrawals import withdrawal_list
from labeling.services.withdrawal import Preview, Selection, order_undo, order_withdrawal, preview
from labeling.states import WithdrawalState
from maskwright.core.errors import DomainError, Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.admin_base import ScopedModelAdmin
from maskwright.organizations.admin_forms import Section, ServiceForm, utc_input
from workforce.models import Worker, WorkGrant
from workforce.selectors import grant_rows
from workforce.share_view import people_of
from workforce.vendor_console import names_of_own

_SHOWN = 50


class WithdrawForm(ServiceForm):
    sections = (
        Section(
            _("Which answers"),
            ("whose", "since", "until", "reason"),
            _("Answers that count and were given in this time. Without times: all of the job."),
        ),
    )
    paths = {"worker": "whose", "grant": "whose"}

    whose = forms.ChoiceField(label=_("Whose"))
    since = forms.DateTimeField(label=_("Since (UTC)"), required=False, widget=utc_input())
    until = forms.DateTimeField(label=_("Until (UTC)"), required=False, widget=utc_input())
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices = choices  # type: ignore[attr-defined]

    def selection(self, job: LabelingJob) -> Selection:
        kind, _colon, key = self.cleaned_data["whose"].partition(":")
        chosen = {"worker": "worker_id", "grant": "grant_id"}[kind]
        return Selection(
            job.pk, since=self.cleaned_data["since"], until=self.cleaned_data["until"], **{chosen: uuid.UUID(key)}
        )


def own_people_page(admin: ScopedModelAdmin, request: HttpRequest, job: LabelingJob) -> HttpResponse:
    """For the job's own managers: own people by name, a vendor's by pseudonym, or all of a vendor's at once."""
    workers = Worker.objects.filter(pk__in=[one.worker_id for one in people_of([job.work_queue_id])])
    found = {worker.pk: worker for worker in workers}
    names = People(request, found.values())
    choices = [(f"worker:{worker.pk}", names.text(worker)) for worker in found.values()]
    grants = WorkGrant.objects.filter(work_queue_id=job.work_queue_id, organization_id=job.organization_id)
    choices += [
        (f"grant:{row.grant.pk}", gettext("everybody of %(vendor)s") % {"vendor": row.vendor_name})
        for row in grant_rows(list(grants.exclude(state="offered").order_by("created_at")))
    ]
    return _page(admin, request, job, job, sorted(choices, key=lambda one: one[1]))


def vendor_page(admin: ScopedModelAdmin, request: HttpRequest, grant: WorkGrant) -> HttpResponse:
    """For a vendor's managers: their own people, by name."""
    job = LabelingJob.objects.get(work_queue_id=grant.work_queue_id)
    owner = current_scope().organization_id
    workers = [one.worker_id for one in people_of([grant.work_queue_id], owner)]
    names = names_of_own(workers)
    choices = [(f"worker:{key}", names.get(key, "")) for key in workers]
    choices.append((f"grant:{grant.pk}", gettext("everybody")))
    return _page(admin, request, job, grant, choices)


def _page(
    admin: ScopedModelAdmin, request: HttpRequest, job: LabelingJob, obj: Any, choices: list[tuple[str, str]]
) -> HttpResponse:
    here = request.path
    if request.method == "POST" and "undo" in request.POST:
        return _undo(request, here)
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial=_asked(request), choices=choices)
    shown: Preview | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if "apply" in request.POST:
                order_withdrawal(form.selection(job), reason=form.cleaned_data["reason"], key=form.cleaned_data["key"])
                messages.success(request, gettext("Withdrawn. The photos are offered to others, masks are made anew."))
                return HttpResponseRedirect(here)
            shown = preview(form.selection(job))
        except DomainError as error:
            form.add_domain_error(error)
    context = {
        **admin.admin_site.each_context(request),
        "title": gettext("Withdraw answers of %(name)s") % {"name": str(obj) if obj is job else obj.title or job.name},
        "opts": admin.opts,
        "page": admin,
        "object": obj,
        "form": form,
        "preview": shown,
        "rows": [_row(one, choices) for one in withdrawal_list(job.pk)[:_SHOWN]],
    }
    return admin._respond(request, "admin/manage/withdrawals.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {"whose": request.GET["whose"]} if "whose" in request.GET else {}


def _row(order: Any, choices: list[tuple[str, str]]) -> dict[str, Any]:
    chosen = f"worker:{order.worker_id}" if order.worker_id else f"grant:{order.work_grant_id}"
    is_vendors = order.by_vendor == (order.organization_id != current_scope().organization_id)
    return {
        "order": order,
        "whose": dict(choices).get(chosen, order.worker.code if order.worker else ""),
        "state": WithdrawalState(order.state).label,
        "may_undo": order.state == WithdrawalState.APPLIED and is_vendors,
    }


def _undo(request: HttpRequest, here: str) -> HttpResponse:
    try:
        order_undo(_id(request.POST["undo"]))
        messages.success(request, gettext("Undone: what nobody has answered instead counts again."))
    except DomainError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(here)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Invalid(gettext("There is no such withdrawal that you may undo.")) from None
