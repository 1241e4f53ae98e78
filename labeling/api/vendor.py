"""A job's grants: offering a job to a vendor by the job, so that the offer says what it is about."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import ManagementView
from labeling.services.jobs import own_job
from maskwright.core.api.pagination import Page, paged
from workforce import selectors
from workforce.api.inputs import OfferTermsInput
from workforce.api.outputs import GrantOutput
from workforce.services.grants import offer_grant
from workforce.services.terms import OfferTerms


class OfferJob(OfferTermsInput):
    vendor = serializers.UUIDField(help_text="The vendor's id, from `/api/v1/vendors`.")
    title = serializers.CharField(
        allow_blank=True, default="", max_length=128, help_text="What the vendor reads first; left out: the job's name."
    )
    preview = serializers.BooleanField(default=False, help_text="The vendor's manager may look at photos.")
    starts_at = serializers.DateTimeField(allow_null=True, default=None)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


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
            terms=OfferTerms.of(given),
        )
        return Response(GrantOutput(selectors.grant_detail(grant.pk)).data, status=201)
