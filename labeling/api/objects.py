"""Data objects: lists, one with its whole story, and the pictures."""

import uuid

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api import object_outputs
from labeling.api.base import ManagementView
from labeling.api.streaming import picture, small_picture
from labeling.selectors import objects
from labeling.services.retries import retry_object
from labeling.services.thumbnails import thumbnail_of_object
from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.actor import Actor
from maskwright.organizations.permissions import Permission, can
from workforce.people import own_people

_PNG = {(200, "image/png"): OpenApiTypes.BINARY}
_JPEG = {(200, "image/jpeg"): OpenApiTypes.BINARY}
_PHOTO = {(200, "image/jpeg"): OpenApiTypes.BINARY, **_PNG}

VersionQuery = OpenApiParameter("generation", int, description="An earlier version; left out, the one that counts.")


def _generation(request: Request) -> int | None:
    """The version asked for; a word that is no number names none."""
    text = request.query_params.get("generation")
    if text is None:
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _whole(actor: Actor, object_id: uuid.UUID) -> Response:
    """An object's whole story; managers read the names of their own people in it."""
    detail = objects.object_detail(object_id)
    is_manager = can(actor, Permission.JOBS_MANAGE)
    names = own_people(one.worker_id for one in detail.annotations) if is_manager else {}
    return Response(object_outputs.ObjectOutput(detail, context={"names": names}).data)


class ObjectsView(ManagementView):
    pagination_class = Page

    @extend_schema(
        responses=object_outputs.ObjectRowOutput(many=True),
        parameters=[OpenApiParameter("state", str), OpenApiParameter("problem", str)],
    )
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """A job's data objects. `state`: of the task, or `unusable`; `problem`: a reason's code."""
        query = request.query_params
        found = objects.object_list(job_id, state=query.get("state", ""), problem=query.get("problem", ""))
        represent = object_outputs.ObjectRowOutput
        return paged(request, found, lambda rows: represent(objects.object_rows(rows), many=True).data)


class ObjectView(ManagementView):
    @extend_schema(responses=object_outputs.ObjectOutput)
    def get(self, request: Request, object_id: uuid.UUID) -> Response:
        return _whole(self.actor(request), object_id)


class ObjectImageView(ManagementView):
    @extend_schema(responses=_PHOTO)
    def get(self, request: Request, object_id: uuid.UUID) -> StreamingHttpResponse:
        """The photo as it is stored; its EXIF orientation is to be ignored."""
        return picture(objects.image_of(object_id))


class ObjectThumbnailView(ManagementView):
    @extend_schema(responses={**_JPEG, 202: OpenApiTypes.OBJECT})
    def get(self, request: Request, object_id: uuid.UUID) -> HttpResponseBase:
        """A small JPEG of the photo; 202 while a worker makes it. Under a vendor's grant only with preview."""
        item = objects.shown_object(object_id)
        return small_picture(request, item.image_sha256, lambda: thumbnail_of_object(item))


class ObjectMaskView(ManagementView):
    @extend_schema(responses=_PNG, parameters=[VersionQuery])
    def get(self, request: Request, object_id: uuid.UUID) -> StreamingHttpResponse:
        """The consolidated mask as an 8-bit indexed PNG; 404 `not_consolidated` before there is one."""
        return picture(objects.mask_of_object(object_id, generation=_generation(request)))


class ObjectDisagreementView(ManagementView):
    @extend_schema(responses=_PNG, parameters=[VersionQuery])
    def get(self, request: Request, object_id: uuid.UUID) -> StreamingHttpResponse:
        """Where the answers disagreed, as a transparent PNG."""
        return picture(objects.mask_of_object(object_id, disagreement=True, generation=_generation(request)))


class ObjectRetryView(ManagementView):
    @extend_schema(request=None, responses=object_outputs.ObjectOutput)
    def post(self, request: Request, object_id: uuid.UUID) -> Response:
        """Try again what failed: look at the photo, ask its labelers, or consolidate once more."""
        retry_object(object_id=object_id)
        return _whole(self.actor(request), object_id)


class AnnotationMaskView(ManagementView):
    @extend_schema(responses=_PNG)
    def get(self, request: Request, annotation_id: uuid.UUID) -> StreamingHttpResponse:
        """One answer's mask, byte for byte as it was sent."""
        return picture(objects.mask_of_annotation(annotation_id))
