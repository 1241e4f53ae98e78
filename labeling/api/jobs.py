"""Labeling jobs: order, steer, watch, take the results."""

import uuid
from collections.abc import Callable

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api import inputs, job_outputs
from labeling.api.base import ManagementView
from labeling.api.streaming import attachment
from labeling.models import LabelingJob
from labeling.selectors.answers_table import answers_table
from labeling.selectors.granted import granted_job_detail, granted_job_list
from labeling.selectors.jobs import job_detail, job_list, job_rows
from labeling.selectors.left_out import left_out_stream
from labeling.selectors.progress import job_progress
from labeling.selectors.results import archive_stream, manifest_stream
from labeling.services import jobs
from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.permissions import Permission


def _job(job_id: uuid.UUID, status: int = 200) -> Response:
    return Response(job_outputs.JobOutput(job_detail(job_id)).data, status=status)


class JobsView(ManagementView):
    pagination_class = Page

    @extend_schema(responses=job_outputs.JobRowOutput(many=True), parameters=[OpenApiParameter("state", str)])
    def get(self, request: Request) -> Response:
        found = job_list(state=request.query_params.get("state", ""))
        return paged(request, found, lambda rows: job_outputs.JobRowOutput(job_rows(rows), many=True).data)

    @extend_schema(request=inputs.JobInput, responses={201: job_outputs.JobOutput})
    def post(self, request: Request) -> Response:
        """Order a job. Its photos are checked in the background; then it is ready, or starts by itself."""
        job = self.save(jobs.create_job, inputs.JobInput, request, actor_user_id=self.actor(request).user_id)
        return _job(job.pk, 201)


class JobView(ManagementView):
    @extend_schema(responses=job_outputs.JobOutput)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        return _job(job_id)

    @extend_schema(request=inputs.JobChanges, responses=job_outputs.JobOutput)
    def patch(self, request: Request, job_id: uuid.UUID) -> Response:
        """Change a job, also while it runs: a new revision for assignments taken from then on."""
        self.save(jobs.change_job, inputs.JobChanges, request, job_id=job_id)
        return _job(job_id)


class FollowUpsView(ManagementView):
    @extend_schema(responses=job_outputs.FollowUpsOutput)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """How many photos each kind of job that goes on from this one would ask about."""
        job = jobs.own_job(job_id)
        counts = jobs.follow_up_counts(job)
        body = {
            "labeled": counts.labeled,
            "unlabeled": counts.unlabeled,
            "has_output": job.manifest_written_at is not None,
            "follow_ups": [{"how": how, "photos": counts.to_label(how)} for how in jobs.FollowUp],
        }
        return Response(job_outputs.FollowUpsOutput(body).data)

    @extend_schema(request=inputs.FollowUpInput, responses={201: job_outputs.JobOutput})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Clone the job, chain what has no label yet, have its labels adjusted, or have them verified."""
        who = self.actor(request).user_id
        job = self.save(jobs.follow_up_job, inputs.FollowUpInput, request, actor_user_id=who, job_id=job_id)
        return _job(job.pk, 201)


class _StepView(ManagementView):
    """A move of the job; 409 `move_refused` when its state does not allow it."""

    step: Callable[..., LabelingJob]

    @extend_schema(request=None, responses=job_outputs.JobOutput)
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        type(self).step(job_id=job_id)
        return _job(job_id)


class StartView(_StepView):
    step = staticmethod(jobs.start_job)


class PauseView(_StepView):
    step = staticmethod(jobs.pause_job)


class ResumeView(_StepView):
    step = staticmethod(jobs.resume_job)


class StopView(_StepView):
    step = staticmethod(jobs.stop_job)


class PreflightView(ManagementView):
    @extend_schema(responses=job_outputs.PreflightOutput)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """What the check of the photos found so far, by reason."""
        return Response(job_outputs.PreflightOutput(jobs.own_job(job_id)).data)

    @extend_schema(request=None, responses=job_outputs.PreflightOutput)
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Check the photos of a failed job again."""
        return Response(job_outputs.PreflightOutput(jobs.preflight_job(job_id=job_id)).data)


class LeftOutView(ManagementView):
    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: uuid.UUID) -> StreamingHttpResponse:
        """Every file below the job's prefix that is no photo, as the storage has them now; 404 for a manifest."""
        return attachment(left_out_stream(job_id), content_type="text/csv", file_name="left-out.csv")


class ProgressView(ManagementView):
    @extend_schema(responses=job_outputs.ProgressOutput)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        return Response(job_outputs.ProgressOutput(job_progress(job_id)).data)


class OutputManifestView(ManagementView):
    @extend_schema(responses={(200, "application/jsonl"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: uuid.UUID) -> StreamingHttpResponse:
        """The output manifest as it stands: one JSON line per line of the input."""
        pieces = manifest_stream(jobs.own_job(job_id))
        return attachment(pieces, content_type="application/jsonl", file_name="output.manifest")


class AnswersTableView(ManagementView):
    """For managers alone, since it names people."""

    reads = Permission.JOBS_MANAGE

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: uuid.UUID) -> StreamingHttpResponse:
        """Every answer as a table: who, when, how long. Your own people by name, a vendor's by pseudonym."""
        job = jobs.own_job(job_id)
        return attachment(answers_table(job), content_type="text/csv", file_name=f"{job.name}-answers.csv")


class DownloadView(ManagementView):
    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: uuid.UUID) -> StreamingHttpResponse:
        """Everything as one zip: manifest, indexed PNG, colour PNG, COCO."""
        detail = job_detail(job_id)
        return attachment(archive_stream(detail), content_type="application/zip", file_name=f"{detail.job.name}.zip")


class GrantedJobsView(ManagementView):
    pagination_class = Page

    @extend_schema(responses=job_outputs.GrantedJobRowOutput(many=True))
    def get(self, request: Request) -> Response:
        """Jobs of customers that live grants let this organization work on."""
        return paged(request, granted_job_list(), lambda rows: job_outputs.GrantedJobRowOutput(rows, many=True).data)


class GrantedJobView(ManagementView):
    @extend_schema(responses=job_outputs.GrantedJobOutput)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """A customer's job: title, instructions, counts; photos only where the grant allows preview."""
        return Response(job_outputs.GrantedJobOutput(granted_job_detail(job_id)).data)
