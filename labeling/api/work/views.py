"""The work API: claim, keep alive, draft, submit, give back."""

import uuid

from django.conf import settings
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.work import inputs, outputs
from labeling.selectors import layers
from labeling.selectors.overview import work_overview
from labeling.services import answers, assignments, drafts, segmentation
from maskwright.core.api.request_id import request_id
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, can, require
from workforce.services import claims

_TOKEN = OpenApiParameter(
    "X-Fencing-Token", int, OpenApiParameter.HEADER, required=True, description="The claim's token."
)
_KEY = OpenApiParameter("Idempotency-Key", OpenApiTypes.UUID, OpenApiParameter.HEADER, required=True)
_SEQ = OpenApiParameter("X-Draft-Seq", int, OpenApiParameter.HEADER, required=True)
_BASE = OpenApiParameter(
    "X-Draft-Base", int, OpenApiParameter.HEADER, description="The stored draft this one goes on from; 0: none."
)
_KEEP = OpenApiParameter(
    "X-Draft-Keep",
    str,
    OpenApiParameter.HEADER,
    enum=["replaced"],
    description="`replaced`: the draft whose place it takes is another window's and is kept as a version.",
)
WINDOW = OpenApiParameter(
    "X-Window", str, OpenApiParameter.HEADER, description="Your own name of the window, told with `stale_draft`."
)
_DRAFT = {"image/png": OpenApiTypes.BINARY, "application/json": OpenApiTypes.OBJECT}


class WorkView(APIView):
    """A view for somebody who labels."""

    def user_id(self, request: Request) -> uuid.UUID:
        actor = actor_of_request(request)
        require(actor, Permission.WORK_DO)
        return actor.user_id


class ClaimsView(WorkView):
    @extend_schema(
        request=inputs.ClaimInput,
        responses={201: outputs.AssignmentOutput, 200: outputs.AssignmentOutput, 204: None},
    )
    def post(self, request: Request) -> Response:
        """Take an assignment (201), get the live one again (200), or learn why there is none (204, `X-Reason`)."""
        given = inputs.ClaimInput(data=request.data)
        given.is_valid(raise_exception=True)
        actor = actor_of_request(request)
        found = assignments.claim_assignment(
            user_id=self.user_id(request),
            job_id=given.validated_data.get("job"),
            may_review=can(actor, Permission.WORK_REVIEW),
        )
        if isinstance(found, claims.NoWork):
            headers = {"X-Reason": str(found.reason)}
            if found.until is not None:
                headers["X-Reason-Until"] = found.until.isoformat().replace("+00:00", "Z")
            return Response(status=204, headers=headers)
        claim, is_new = found
        return Response(assignments.assignment_json(claim), status=201 if is_new else 200)


class HeartbeatView(WorkView):
    @extend_schema(request=inputs.HeartbeatInput, responses=outputs.LeaseOutput, parameters=[_TOKEN])
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Renew the lease, up to the template's time limit."""
        given = inputs.HeartbeatInput(data=request.data)
        given.is_valid(raise_exception=True)
        lease = claims.heartbeat(
            user_id=self.user_id(request),
            claim_id=claim_id,
            token=inputs.fencing_token(request),
            active_seconds=given.validated_data["active_seconds"],
        )
        body = {
            "expires_at": lease.expires_at,
            "seconds_left": round(lease.seconds_left, 1),
            "paused": lease.paused,
            "stopping": lease.stopping,
            "revision": lease.revision,
        }
        return Response(body)


class DraftView(WorkView):
    parser_classes = inputs.SUBMIT_PARSERS

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY, (200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, claim_id: uuid.UUID) -> HttpResponse:
        """The newest draft of the claimed task, whichever claim of the same person it was made in."""
        seq, body = drafts.load_draft(user_id=self.user_id(request), claim_id=claim_id)
        headers = {"X-Draft-Seq": str(seq), **PRIVATE}
        return HttpResponse(body, content_type=drafts.draft_type(body), headers=headers)

    @extend_schema(request=_DRAFT, responses=outputs.SavedDraftOutput, parameters=[_TOKEN, _SEQ, _BASE, _KEEP, WINDOW])
    def put(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Keep a draft; its number must be greater than the stored one's, which is `X-Draft-Base` if that is sent."""
        saved = drafts.save_draft(
            user_id=self.user_id(request),
            claim_id=claim_id,
            token=inputs.fencing_token(request),
            seq=inputs.draft_seq(request),
            builds_on=inputs.draft_base(request),
            body=inputs.draft_body(request),
            window=inputs.window(request),
            keep_replaced=inputs.keeps_replaced(request),
        )
        return Response({"seq": saved.seq, "sha256": saved.sha256})


class SubmitView(WorkView):
    parser_classes = inputs.SUBMIT_PARSERS

    @extend_schema(
        request={"image/png": OpenApiTypes.BINARY, "application/json": inputs.OtherAnswerInput},
        responses=outputs.AcceptedOutput,
        parameters=[_TOKEN, _KEY, _BASE],
    )
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Answer. Sending the same again gets the same reply; a 409 `lease_lost` says whether the bytes were kept."""
        reply = answers.submit(
            user_id=self.user_id(request),
            claim_id=claim_id,
            token=inputs.fencing_token(request),
            key=inputs.idempotency_key(request),
            answer=inputs.answer(request),
            builds_on=inputs.draft_base(request),
        )
        if reply.status != 200:
            # Late work is kept although the answer is an error.
            request._request.keep_changes = True  # type: ignore[attr-defined]  # read by the scope middleware
            return Response({**reply.body, "request_id": request_id(request._request)}, status=reply.status)
        return Response(reply.body)


class ReleaseView(WorkView):
    @extend_schema(request=inputs.ReleaseInput, responses={204: None, 200: outputs.KeptOutput}, parameters=[_TOKEN])
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Give the assignment back (204); the draft is kept for you. With `hold`, stop and resume later: the place is
        kept for you, too (200, until when)."""
        given = inputs.ReleaseInput(data=request.data)
        given.is_valid(raise_exception=True)
        hold = given.validated_data["hold"]
        until = claims.release(
            user_id=self.user_id(request), claim_id=claim_id, token=inputs.fencing_token(request), hold=hold
        )
        return Response({"kept_until": until}) if hold else Response(status=204)


class DeclineView(WorkView):
    @extend_schema(request=inputs.DeclineInput, responses={204: None}, parameters=[_TOKEN])
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Give the assignment back for good, with a reason; you will not see it again."""
        given = inputs.DeclineInput(data=request.data)
        given.is_valid(raise_exception=True)
        claims.decline(
            user_id=self.user_id(request),
            claim_id=claim_id,
            token=inputs.fencing_token(request),
            reason=given.validated_data["reason"],
        )
        return Response(status=204)


PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


class ImageView(WorkView):
    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, claim_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
        """The claimed photo's bytes as they are stored (EXIF orientation included, and to be ignored)."""
        image = assignments.claimed_image(user_id=self.user_id(request), claim_id=claim_id)
        body = image.location.open()
        headers = {**PRIVATE, "Content-Disposition": "inline; filename=image"}
        return FileResponse(body, content_type=image.content_type, headers=headers)


class LayerView(WorkView):
    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, claim_id: uuid.UUID, layer: str) -> HttpResponse:
        """A layer of the claim: `prior` (what an adjustment or verification begins with); of its sheet `consolidated`,
        `disagreement`, or the mask of an answer (its id)."""
        png = layers.layer_png(user_id=self.user_id(request), claim_id=claim_id, layer=layer)
        return HttpResponse(png, content_type="image/png", headers=PRIVATE)


class SegmentView(WorkView):
    @extend_schema(
        request=OpenApiTypes.OBJECT, responses={(200, "image/png"): OpenApiTypes.BINARY}, parameters=[_TOKEN]
    )
    def post(self, request: Request, claim_id: uuid.UUID) -> HttpResponse:
        """Auto-segmentation: `{"tool": "extreme-points", "points": [[x, y] x 4]}`; a grey PNG of the box in `X-Box`.

        `clicks`, a list of `[x, y, positive]`, correct it in their order.
        """
        found = segmentation.segment(
            user_id=self.user_id(request),
            claim_id=claim_id,
            token=inputs.fencing_token(request),
            prompt=request.data,
        )
        box = found.box
        headers = {"X-Box": f"{box.x0},{box.y0},{box.x1},{box.y1}", "X-Score": f"{found.score:.4f}", **PRIVATE}
        return HttpResponse(found.png, content_type="image/png", headers=headers)


class OverviewView(WorkView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The portal's first page: jobs, today, what came back, the live claim."""
        actor = actor_of_request(request)
        overview = work_overview(self.user_id(request), may_review=can(actor, Permission.WORK_REVIEW))
        return Response(
            {
                "person": {"name": actor.user.get_full_name(), "username": actor.user.username},
                "organization": {"id": str(actor.organization_id), "name": actor.organization_name},
                "today": overview.today,
                "jobs": overview.jobs,
                "returned": overview.returned,
                "reviewed": overview.reviewed,
                "claim": overview.claim,
                "image_max_side": settings.IMAGE_MAX_SIDE,
            }
        )
