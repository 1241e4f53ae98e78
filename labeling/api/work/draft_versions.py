"""The work API: what lost when one image was painted in two windows, to be brought back."""

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.work import inputs, outputs
from labeling.api.work.views import PRIVATE, WINDOW, WorkView
from labeling.models import DraftVersion
from labeling.services import drafts


def _version_json(claim_id: uuid.UUID, version: DraftVersion) -> dict[str, object]:
    return {
        "id": version.pk,
        "saved_at": version.saved_at,
        "window": version.window,
        "device": version.device,
        "sha256": version.sha256,
        "url": f"/api/v1/work/claims/{claim_id}/draft/versions/{version.pk}",
    }


class DraftVersionsView(WorkView):
    parser_classes = inputs.SUBMIT_PARSERS

    @extend_schema(operation_id="v1_work_claims_draft_versions_list", responses=outputs.DraftVersionsOutput)
    def get(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Your versions of the claimed task, newest first, kept until you have answered."""
        found = drafts.draft_versions(user_id=self.user_id(request), claim_id=claim_id)
        return Response({"results": [_version_json(claim_id, version) for version in found]})

    @extend_schema(
        request={"image/png": OpenApiTypes.BINARY, "application/json": OpenApiTypes.OBJECT},
        responses={201: outputs.DraftVersionOutput},
        parameters=[OpenApiParameter("X-Fencing-Token", int, OpenApiParameter.HEADER, required=True), WINDOW],
    )
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Keep what this window has as a version, before it takes another window's draft."""
        version = drafts.keep_version(
            user_id=self.user_id(request),
            claim_id=claim_id,
            token=inputs.fencing_token(request),
            body=inputs.draft_body(request),
            window=inputs.window(request),
        )
        return Response(_version_json(claim_id, version), status=201)


class DraftVersionView(WorkView):
    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY, (200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, claim_id: uuid.UUID, version_id: uuid.UUID) -> HttpResponse:
        """A version's mask, or its form."""
        body = drafts.load_version(user_id=self.user_id(request), claim_id=claim_id, version_id=version_id)
        return HttpResponse(body, content_type=drafts.draft_type(body), headers=PRIVATE)
