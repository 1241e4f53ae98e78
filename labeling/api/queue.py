"""A job's queue for its managers: look at it, move work in it."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import ManagementView
from labeling.selectors.queue import job_queue_json
from labeling.services import moves
from maskwright.organizations.permissions import Permission, can


class ReassignInput(serializers.Serializer[Any]):
    claim = serializers.UUIDField()
    worker = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="Null: whoever asks next.")


class KeepInput(serializers.Serializer[Any]):
    worker = serializers.UUIDField()


class GiveUpInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class QueueView(ManagementView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """What waits, who holds what, what starves and why, what needs attention, when it will be finished.

        `person`: the name of one of your own people, for managers; null for others and for a vendor's people.
        """
        return Response(job_queue_json(job_id, names=can(self.actor(request), Permission.JOBS_MANAGE)))


class ReassignView(ManagementView):
    @extend_schema(request=ReassignInput, responses={204: None})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Take a live assignment away; with `worker`, its place is kept for that person."""
        given = self.given(ReassignInput, request)
        moves.reassign_claim_of_job(job_id=job_id, claim_id=given["claim"], worker_id=given["worker"])
        return Response(status=204)


class KeepView(ManagementView):
    @extend_schema(request=KeepInput, responses={204: None})
    def post(self, request: Request, object_id: uuid.UUID) -> Response:
        """Keep a free place of this photo for a person."""
        moves.keep_object(object_id=object_id, worker_id=self.given(KeepInput, request)["worker"])
        return Response(status=204)


class PutBackView(ManagementView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, object_id: uuid.UUID) -> Response:
        """Offer a photo that needs attention to everybody again."""
        moves.put_back_object(object_id=object_id)
        return Response(status=204)


class GiveUpView(ManagementView):
    @extend_schema(request=GiveUpInput, responses={204: None})
    def post(self, request: Request, object_id: uuid.UUID) -> Response:
        """Let a photo that needs attention fail, with a reason."""
        moves.give_up_object(object_id=object_id, reason=self.given(GiveUpInput, request)["reason"])
        return Response(status=204)
