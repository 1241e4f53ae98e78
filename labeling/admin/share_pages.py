"""Who works on a job: its shares, offers to vendors with their terms, and answers that are withdrawn."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_protect

from labeling.admin.offer_forms import OfferForm
from labeling.admin.people import People
from labeling.admin.withdrawal_page import own_people_page
from labeling.models import LabelingJob
from labeling.selectors.jobs import job_detail
from labeling.states import JobState
from maskwright.core.errors import Conflict, DomainError
from maskwright.organizations.admin_base import FormPage, ScopedModelAdmin, may
from maskwright.organizations.permissions import Permission
from workforce.admin.grants import agreement_words
from workforce.models import Worker, WorkGrant, WorkQueue
from workforce.selectors import GrantRow, grant_rows
from workforce.services.grants import offer_grant, revoke_grant, withdraw_offer
from workforce.services.shares import set_own_share
from workforce.services.terms import OfferTerms
from workforce.share_view import QueueShares, queue_shares
from workforce.states import GrantState

CHANGEABLE = (JobState.INITIALIZING, JobState.READY, JobState.IN_PROGRESS, JobState.PAUSED)
OPEN_GRANTS = (GrantState.OFFERED, GrantState.ACCEPTED)
_OFFERED = ("title", "preview", "share", "starts_at", "expires_at")


def grants_of(job: LabelingJob) -> list[WorkGrant]:
    found = WorkGrant.objects.filter(work_queue_id=job.work_queue_id, organization_id=job.organization_id)
    return list(found.order_by("-created_at", "-id"))


class SharePages(ScopedModelAdmin):
    def extra_urls(self) -> list[URLPattern]:
        return [
            path("<uuid:object_id>/offers/", self.guarded(self.offers_view), name=self.url_name("offers")),
            path(
                "<uuid:object_id>/withdrawals/",
                self.guarded(self.withdrawals_view),
                name=self.url_name("withdrawals"),
            ),
        ]

    def offers_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._offers_view)(request, object_id)

    def _offers_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        job = self.object_or_404(request, object_id)
        if not may(request, Permission.JOBS_MANAGE):
            raise PermissionDenied
        grants = grants_of(job)
        if request.method == "POST" and {"revoke", "own"} & set(request.POST):
            return self._change_shares(request, job, grants)
        shares = queue_shares(WorkQueue.objects.get(pk=job.work_queue_id))
        rows = grant_rows(grants)
        page = FormPage(
            build=lambda data, files: OfferForm(data, initial=_initial(job, shares)),
            apply=lambda actor, form: offer_grant(
                queue_id=job.work_queue_id,
                vendor_id=form.cleaned_data["vendor"],
                terms=OfferTerms.of(form.cleaned_data),
                **{name: form.cleaned_data[name] for name in _OFFERED},
            ),
            saved=lambda grant: self._offered(request, job),
            context=lambda form: {
                "shares": shares,
                "own_most": shares.own + shares.free if shares.is_shared else 100,
                "has_team": job.work_queue.work_team_id is not None,
                "people": _people(request, shares, rows),
                "ended": [row for row in rows if row.grant.state not in OPEN_GRANTS],
            },
            template="admin/manage/offers.html",
            title=gettext("Shares and vendors of %(name)s") % {"name": job.name},
            may_write=job.state in CHANGEABLE,
        )
        return self.form_page(request, job, page)

    def _offered(self, request: HttpRequest, job: LabelingJob) -> HttpResponse:
        messages.success(
            request, gettext("Offered. The vendor's managers see it now: they accept it, then choose who works on it.")
        )
        return HttpResponseRedirect(self.page_url("offers", job.pk))

    def _change_shares(self, request: HttpRequest, job: LabelingJob, grants: list[WorkGrant]) -> HttpResponse:
        try:
            if "own" in request.POST:
                set_own_share(queue_id=job.work_queue_id, percent=_percent(request.POST["own"]))
                messages.success(request, gettext("Your own people's share was changed."))
            else:
                messages.success(request, _end(grants, request.POST["revoke"]))
        except DomainError as error:
            messages.error(request, error.fields[0].message if error.fields else error.message)
        return HttpResponseRedirect(self.page_url("offers", job.pk))

    def withdrawals_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return csrf_protect(self._withdrawals_view)(request, object_id)

    def _withdrawals_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        job = self.object_or_404(request, object_id)
        if not may(request, Permission.JOBS_MANAGE):
            raise PermissionDenied
        return own_people_page(self, request, job)


def _percent(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Conflict(gettext("A share is a whole number from 0 to 100.")) from None


def _end(grants: list[WorkGrant], chosen_id: str) -> str:
    chosen = next((grant for grant in grants if str(grant.pk) == chosen_id), None)
    if chosen is None:
        raise Conflict(gettext("There is no such offer of this job."))
    if chosen.state == GrantState.OFFERED:
        withdraw_offer(grant_id=chosen.pk)
        return gettext("The offer was taken back. What it was for can be offered again.")
    revoke_grant(grant_id=chosen.pk)
    return gettext("Ended. The vendor's people can do nothing more on this job.")


def _initial(job: LabelingJob, shares: QueueShares) -> dict[str, Any]:
    return {"title": job_detail(job.pk).revision.title, "share": shares.free or None, "currency": "EUR"}


def _people(request: HttpRequest, shares: QueueShares, rows: list[GrantRow]) -> list[dict[str, Any]]:
    """Everybody who has answered: own people by name, a vendor's by pseudonym."""
    workers = {worker.pk: worker for worker in Worker.objects.filter(pk__in=[one.worker_id for one in shares.people])}
    names = People(request, workers.values())
    vendors = {row.grant.vendor_id: row.vendor_name for row in rows}
    return [
        {
            "name": names.cell(workers[one.worker_id]),
            "who": vendors.get(one.vendor_id, "") if one.vendor_id else gettext("own people"),
            "worker_id": one.worker_id,
            "answers": one.answers,
            "agreement": agreement_words(one.agreement),
        }
        for one in shares.people
        if one.worker_id in workers
    ]
