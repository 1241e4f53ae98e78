"""The work API: what was wrong with an answer in a qualification."""

import uuid

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.work import outputs
from labeling.api.work.views import PRIVATE, WorkView
from labeling.services.quality import feedback


class FeedbackView(WorkView):
    @extend_schema(responses=outputs.FeedbackOutput)
    def get(self, request: Request, claim_id: uuid.UUID) -> Response:
        """After the submit of an assignment that has `feedback`: scores, what was taken for what, how one stands."""
        found = feedback.feedback(user_id=self.user_id(request), claim_id=claim_id)
        return Response(outputs.FeedbackOutput(feedback.feedback_json(found)).data)


class FeedbackPhotoView(WorkView):
    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, claim_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
        """The photo that was answered (EXIF orientation to be ignored)."""
        image = feedback.feedback_photo(user_id=self.user_id(request), claim_id=claim_id)
        headers = {**PRIVATE, "Content-Disposition": "inline; filename=image"}
        return FileResponse(image.location.open(), content_type=image.content_type, headers=headers)


class FeedbackErrorsView(WorkView):
    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, claim_id: uuid.UUID) -> HttpResponse:
        """Which pixels are wrong: a transparent PNG of the photo's size. Missed, too much, taken for something else."""
        png = feedback.feedback_errors(user_id=self.user_id(request), claim_id=claim_id)
        return HttpResponse(png, content_type="image/png", headers=PRIVATE)
