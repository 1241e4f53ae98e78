"""A job's grants: offering a job to a vendor by the job, so that the offer says what it is about."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import ManagementView
from labeling.models import LabelingJob
from labeling.services.jobs import own_job
from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.permissions import Permission, can
from workforce import selectors
from workforce.api.inputs import OfferTermsInput, share_field
from workforce.api.outputs import AgreementOutput, AnswerCounts, GrantOutput
from workforce.models import WorkQueue
from workforce.people import own_people
from workforce.services.grants import offer_grant
from workforce.services.shares import set_own_share
from workforce.services.terms import OfferTerms
from workforce.share_view import queue_shares


class OfferJob(OfferTermsInput):
    vendor = serializers.UUIDField(help_text="The vendor's id, from `/api/v1/vendors`.")
    title = serializers.CharField(
        allow_blank=True, default="", max_length=128, help_text="What the vendor reads first; left out: the job's name."
    )
    preview = serializers.BooleanField(default=False, help_text="The vendor's manager may look at photos.")
    share = share_field()
    starts_at = serializers.DateTimeField(allow_null=True, default=None)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class OwnShare(serializers.Serializer[None]):
    own = serializers.IntegerField(min_value=0, max_value=100, help_text="Percent that the job's own team does.")


class PartOutput(serializers.Serializer[Any]):
    """A part of the job. `grant` is null for the own people's and for the free one. Times are a forecast, at the real
    speed of those who work on the part; null while too little is known."""

    kind = serializers.ChoiceField(choices=["own", "vendor", "free"])
    percent = serializers.IntegerField()
    grant = GrantOutput(allow_null=True)
    items = serializers.IntegerField()
    done = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Answers to come.")
    answers = AnswerCounts()
    expected = serializers.DateTimeField(source="finished.expected", allow_null=True)
    earliest = serializers.DateTimeField(source="finished.earliest", allow_null=True)
    latest = serializers.DateTimeField(source="finished.latest", allow_null=True)


class WorkerOutput(serializers.Serializer[Any]):
    """`name` only of the organization's own people; a vendor's are known by their code alone."""

    worker = serializers.UUIDField(source="worker_id")
    code = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    vendor = serializers.UUIDField(source="vendor_id", allow_null=True)
    answers = AnswerCounts()
    agreement = AgreementOutput(allow_null=True)


class SharesOutput(serializers.Serializer[Any]):
    is_shared = serializers.BooleanField()
    own = serializers.IntegerField()
    free = serializers.IntegerField()
    parts = PartOutput(many=True)
    people = WorkerOutput(many=True)


class JobSharesView(ManagementView):
    """Who does which share of the job, and how good it is."""

    def _answer(self, request: Request, job: LabelingJob) -> Response:
        found = queue_shares(WorkQueue.objects.get(pk=job.work_queue_id))
        may_name = can(self.actor(request), Permission.JOBS_MANAGE)
        names = own_people(one.worker_id for one in found.people) if may_name else {}
        people = [{**vars(one), "name": names.get(one.worker_id)} for one in found.people]
        return Response(SharesOutput({**vars(found), "people": people}).data)

    @extend_schema(responses=SharesOutput)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        return self._answer(request, own_job(job_id))

    @extend_schema(request=OwnShare, responses=SharesOutput)
    def put(self, request: Request, job_id: uuid.UUID) -> Response:
        job, given = own_job(job_id), self.given(OwnShare, request)
        set_own_share(queue_id=job.work_queue_id, percent=given["own"])
        return self._answer(request, job)


class JobGrantsView(ManagementView):
    pagination_class = Page

    @extend_schema(responses=GrantOutput(many=True))
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        grants = selectors.grant_list(side="given").filter(work_queue_id=own_job(job_id).work_queue_id)
        return paged(request, grants, lambda rows: GrantOutput(selectors.grant_rows(rows), many=True).data)

    @extend_schema(request=OfferJob, responses={201: GrantOutput})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        job, given = own_job(job_id), self.given(OfferJob, request)
        grant = offer_grant(
            queue_id=job.work_queue_id,
            vendor_id=given["vendor"],
            title=given["title"] or job.name,
            preview=given["preview"],
            starts_at=given["starts_at"],
            expires_at=given["expires_at"],
            share=given["share"],
            terms=OfferTerms.of(given),
        )
        return Response(GrantOutput(selectors.grant_detail(grant.pk)).data, status=201)
