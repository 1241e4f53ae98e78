"""The work API: what comes after the live claim, told ahead."""

import uuid

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.work import inputs, outputs
from labeling.api.work.views import PRIVATE, WorkView
from labeling.services import next_task
from labeling.services.drafts import draft_type
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, can


def _may_review(request: Request) -> bool:
    return can(actor_of_request(request), Permission.WORK_REVIEW)


class NextView(WorkView):
    @extend_schema(
        request=None,
        responses={200: outputs.NextOutput, 204: None},
        parameters=[OpenApiParameter("X-Fencing-Token", int, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Reserve the task after this one for some minutes (renewed by the heartbeat); 204 when there is none."""
        found = next_task.next_task(
            user_id=self.user_id(request),
            claim_id=claim_id,
            token=inputs.fencing_token(request),
            may_review=_may_review(request),
        )
        return Response(status=204) if found is None else Response(next_task.next_json(found))


class NextImageView(WorkView):
    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, claim_id: uuid.UUID, slot_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
        """The reserved photo's bytes, while the claim is live and the reservation lives."""
        image = next_task.next_image(
            user_id=self.user_id(request), claim_id=claim_id, slot_id=slot_id, may_review=_may_review(request)
        )
        headers = {**PRIVATE, "Content-Disposition": "inline; filename=image"}
        return FileResponse(image.location.open(), content_type=image.content_type, headers=headers)


class NextDraftView(WorkView):
    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY, (200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, claim_id: uuid.UUID, slot_id: uuid.UUID) -> HttpResponse:
        """Your own draft of the reserved task."""
        seq, body = next_task.next_draft(
            user_id=self.user_id(request), claim_id=claim_id, slot_id=slot_id, may_review=_may_review(request)
        )
        return HttpResponse(body, content_type=draft_type(body), headers={"X-Draft-Seq": str(seq), **PRIVATE})
