"""Quality of people in a job: gold tasks, scores, rules and what they did, pauses."""

import uuid
from datetime import timedelta
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api import quality_outputs as outputs
from labeling.api.base import ManagementView
from labeling.api.streaming import picture
from labeling.models import QualityEvent
from labeling.quality.actions import ACTIONS
from labeling.quality.collectors import COLLECTORS
from labeling.quality.conditions import CONDITIONS
from labeling.selectors import quality
from labeling.selectors.objects import stored_png
from labeling.services.jobs import own_job
from labeling.services.quality import gold, ruling, running
from maskwright.core.api.pagination import Page, paged
from maskwright.core.api.parsers import BoundedJSONParser
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.organizations.permissions import Permission, can
from workforce.people import own_people
from workforce.services import pauses

_MOST_MASK = 80 * 1024 * 1024


class GoldInput(serializers.Serializer[Any]):
    """An answer; or a photo of any job, with its mask or without (then its consolidated mask is taken)."""

    object = serializers.UUIDField(required=False, allow_null=True, default=None)
    annotation = serializers.UUIDField(required=False, allow_null=True, default=None)
    mask = serializers.FileField(required=False, allow_null=True, default=None, help_text="An indexed PNG.")


class GoldsView(ManagementView):
    reads = Permission.JOBS_MANAGE  # reviewers label, too, and must not know which photos are gold tasks
    parser_classes = (BoundedJSONParser, MultiPartParser)

    @extend_schema(responses=outputs.GoldOutput(many=True))
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """The job's gold tasks, the newest first, and how well people do on each."""
        return Response(outputs.GoldOutput(quality.gold_rows(job_id), many=True).data)

    @extend_schema(
        request={"multipart/form-data": GoldInput, "application/json": GoldInput},
        responses={201: outputs.MadeGoldOutput},
    )
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Make a gold task. Labelers cannot tell it from the job's own photos, and get it once each."""
        given = self.given(GoldInput, request)
        mask = given["mask"]
        if mask is not None and mask.size > _MOST_MASK:
            message = _("The mask is too large.")
            raise Invalid(message, fields=(FieldProblem("mask", "too_large", message),))
        made = gold.make_gold(
            job_id=job_id,
            object_id=given["object"],
            annotation_id=given["annotation"],
            mask=mask.read() if mask is not None else None,
        )
        return Response(outputs.MadeGoldOutput(made).data, status=201)


class GoldView(ManagementView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, job_id: uuid.UUID, gold_id: uuid.UUID) -> Response:
        """Give a gold task to nobody any more. What was scored with it stays."""
        gold.remove_gold(job_id=job_id, gold_id=gold_id)
        return Response(status=204)


class GoldMaskView(ManagementView):
    reads = Permission.JOBS_MANAGE

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: uuid.UUID, gold_id: uuid.UUID) -> StreamingHttpResponse:
        """The truth of a gold task as an indexed PNG."""
        found = gold.own_gold(job_id=job_id, gold_id=gold_id)
        return picture(stored_png(found.sha256, f"{found.pk}.png"))


class JobQualityView(ManagementView):
    @extend_schema(responses=outputs.PersonQualityOutput(many=True))
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """Everybody who has answered: score on gold tasks and agreement with the results, with intervals (95 %), IoU
        by class, what was confused with what, and the pause that stands. The lowest score first."""
        people = quality.job_people(job_id)
        is_manager = can(self.actor(request), Permission.JOBS_MANAGE)
        names = own_people(one.worker_id for one in people) if is_manager else {}
        return Response(outputs.PersonQualityOutput(people, many=True, context={"names": names}).data)


class RuleInput(serializers.Serializer[Any]):
    id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Of a rule that goes on; left out for a new one."
    )
    collector = serializers.CharField(help_text=f"One of: {', '.join(COLLECTORS)}.")
    condition = serializers.CharField(help_text=f"One of: {', '.join(CONDITIONS)}.")
    limit = serializers.FloatField(help_text="A share of 0 to 1, or a number in a row.")
    at_least = serializers.IntegerField(default=1, help_text="So many photos before it says anything.")
    collector_settings = serializers.DictField(
        child=serializers.FloatField(), default=dict, help_text="`last` or `seconds`."
    )
    action = serializers.CharField(help_text=f"One of: {', '.join(ACTIONS)}.")
    action_settings = serializers.DictField(
        default=dict, help_text="`pause`: `hours` (left out: until a manager ends it). `set_skill`: `skill`, `level`."
    )
    is_active = serializers.BooleanField(default=True)


class RulesInput(serializers.Serializer[Any]):
    rules = RuleInput(many=True, allow_empty=True)


class RulesView(ManagementView):
    @extend_schema(responses=outputs.RuleOutput(many=True))
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """The job's rules in order, each in words too."""
        return Response(outputs.RuleOutput(ruling.rules_of(job_id), many=True).data)

    @extend_schema(request=RulesInput, responses=outputs.RuleOutput(many=True))
    def put(self, request: Request, job_id: uuid.UUID) -> Response:
        """Make these the job's rules. A rule that is changed looks at everything anew; one that stays goes on."""
        saved = ruling.save_rules(job_id=job_id, rules=self.given(RulesInput, request)["rules"])
        return Response(outputs.RuleOutput(saved, many=True).data)


class UsualRulesView(ManagementView):
    @extend_schema(request=None, responses=outputs.RuleOutput(many=True))
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Add the rules that new jobs begin with, as far as the job lacks them. 409 where it lacks none."""
        return Response(outputs.RuleOutput(ruling.add_usual(job_id=job_id), many=True).data)


class EventsView(ManagementView):
    pagination_class = Page

    @extend_schema(responses=outputs.EventOutput(many=True))
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """What rules did in the job, the newest first, with the reason in words."""
        is_manager = can(self.actor(request), Permission.JOBS_MANAGE)

        def represent(rows: list[QualityEvent]) -> Any:
            names = own_people(one.worker_id for one in rows) if is_manager else {}
            return outputs.EventOutput(rows, many=True, context={"names": names}).data

        return paged(request, quality.events_of(job_id), represent)


class UndoEventView(ManagementView):
    @extend_schema(request=None, responses=outputs.EventOutput)
    def post(self, request: Request, job_id: uuid.UUID, event_id: uuid.UUID) -> Response:
        """Undo what a rule did, once. It does not act again on what it has looked at."""
        return Response(outputs.EventOutput(running.undo_event(job_id=job_id, event_id=event_id)).data)


class PauseInput(serializers.Serializer[Any]):
    """`reason`: what the person reads."""

    worker = serializers.UUIDField()
    reason = serializers.CharField(max_length=500)
    hours = serializers.FloatField(
        required=False, allow_null=True, default=None, min_value=0.1, max_value=2160, help_text="Left out: until ended."
    )


class PausesView(ManagementView):
    @extend_schema(responses=outputs.PauseOutput(many=True))
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """Who is paused in the job now."""
        return Response(outputs.PauseOutput(pauses.standing_pauses(own_job(job_id).work_queue_id), many=True).data)

    @extend_schema(request=PauseInput, responses={201: outputs.PauseOutput})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Give a person nothing more of the job; what he holds he may finish."""
        given = self.given(PauseInput, request)
        until = timezone.now() + timedelta(hours=given["hours"]) if given["hours"] else None
        made = pauses.pause_person(
            queue_id=own_job(job_id).work_queue_id, worker_id=given["worker"], reason=given["reason"], until=until
        )
        return Response(outputs.PauseOutput(made).data, status=201)


class PauseView(ManagementView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, job_id: uuid.UUID, worker_id: uuid.UUID) -> Response:
        """Let a person work on."""
        if not pauses.end_pause(queue_id=own_job(job_id).work_queue_id, worker_id=worker_id):
            raise NotFound(_("This person is not paused in the job."))
        return Response(status=204)
