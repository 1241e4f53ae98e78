"""Labelers and how good they are: a customer's, or a vendor's own people at its customers; and one's own."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import ManagementView
from labeling.api.quality_outputs import IntervalOutput, PersonQualityOutput
from labeling.api.work.views import WorkView
from labeling.selectors import quality
from labeling.selectors.own_quality import own_pauses, own_qualifications, own_quality
from maskwright.core.api.fields import KeptText
from maskwright.core.api.pagination import Page, paged
from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from maskwright.organizations.permissions import Permission, can
from workforce.models import Worker
from workforce.people import own_people
from workforce.vendor_console import names_of_own


class LabelerOutput(serializers.Serializer[Any]):
    """`is_own`: one of your own people, in your own jobs or, with `for_customer`, in a customer's."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    person = serializers.SerializerMethodField()
    is_own = serializers.SerializerMethodField()
    for_customer = serializers.SerializerMethodField()

    def get_person(self, worker: Worker) -> str | None:
        """The name of one of your own people, for managers."""
        return self.context["names"].get(worker.pk)  # type: ignore[no-any-return]

    def get_is_own(self, worker: Worker) -> bool:
        return worker.vendor_id is None or self.get_for_customer(worker)

    def get_for_customer(self, worker: Worker) -> bool:
        return worker.organization_id != current_scope().organization_id


class JobQualityOutput(PersonQualityOutput):
    job = serializers.UUIDField(source="job_id")
    job_name = serializers.SerializerMethodField()

    def get_job_name(self, one: quality.PersonQuality) -> str | None:
        """Null once a vendor may not read the job any more."""
        return self.context["jobs"].get(one.job_id)  # type: ignore[no-any-return]


def _names(workers: list[Worker]) -> dict[uuid.UUID, str]:
    return own_people(one.pk for one in workers) | names_of_own(one.pk for one in workers)


class LabelersView(ManagementView):
    pagination_class = Page

    @extend_schema(responses=LabelerOutput(many=True))
    def get(self, request: Request) -> Response:
        """Who labels your data, and your own people at customers."""
        is_manager = can(self.actor(request), Permission.JOBS_MANAGE)

        def represent(rows: list[Worker]) -> Any:
            return LabelerOutput(rows, many=True, context={"names": _names(rows) if is_manager else {}}).data

        return paged(request, quality.readable_workers(), represent)


class LabelerQualityView(ManagementView):
    @extend_schema(responses=JobQualityOutput(many=True))
    def get(self, request: Request, worker_id: uuid.UUID) -> Response:
        """A labeler's scores in every job you may read about."""
        worker = quality.readable_workers().filter(pk=worker_id).first()
        if worker is None:
            raise NotFound(_("There is no such labeler."))
        jobs = quality.person_jobs([worker.pk])
        names = _names([worker]) if can(self.actor(request), Permission.JOBS_MANAGE) else {}
        context = {"names": names, "jobs": quality.job_names(one.job_id for one in jobs)}
        return Response(JobQualityOutput(jobs, many=True, context=context).data)


class OwnJobOutput(serializers.Serializer[Any]):
    title = serializers.CharField(allow_blank=True)
    answers = serializers.IntegerField()
    accepted = serializers.IntegerField()
    returned = serializers.IntegerField()
    median_seconds = serializers.FloatField(allow_null=True)
    agreement = serializers.FloatField(allow_null=True)
    checked = IntervalOutput(allow_null=True, help_text="On photos that were checked; renewed now and then.")


class OwnPauseOutput(serializers.Serializer[Any]):
    title = serializers.CharField()
    reason = KeptText()
    until = serializers.DateTimeField(allow_null=True)


class OwnQualificationOutput(serializers.Serializer[Any]):
    skill = serializers.CharField()
    level = serializers.IntegerField()
    passed = serializers.BooleanField(source="has_passed")
    mean_iou = serializers.FloatField()
    count = serializers.IntegerField()


class OwnQualityOutput(serializers.Serializer[Any]):
    jobs = OwnJobOutput(many=True)
    pauses = OwnPauseOutput(many=True)
    qualifications = OwnQualificationOutput(many=True)


class OwnQualityView(WorkView):
    @extend_schema(responses=OwnQualityOutput)
    def get(self, request: Request) -> Response:
        """How good one's own answers were in 90 days, by job; where one is paused and why; qualifications."""
        user_id = self.user_id(request)
        pauses = [{"title": title, "reason": one.reason, "until": one.until} for title, one in own_pauses(user_id)]
        found = {"jobs": own_quality(user_id), "pauses": pauses, "qualifications": own_qualifications(user_id)}
        return Response(OwnQualityOutput(found).data)
