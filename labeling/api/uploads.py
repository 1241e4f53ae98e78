"""Uploads: a folder of photos, file by file."""

import uuid
from typing import BinaryIO, cast
from urllib.parse import quote

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api import inputs, outputs
from labeling.api.base import ManagementView
from labeling.api.streaming import HEADERS, small_picture
from labeling.images import ImageError, inspect_image
from labeling.selectors import library
from labeling.services import uploads
from labeling.services.thumbnails import thumbnail_of_file
from maskwright.core.api.pagination import Page, paged
from maskwright.core.errors import NotFound
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, can

_NAME = OpenApiParameter("name", str, required=True, description="The file's path inside of the folder.")
_SHA256 = OpenApiParameter(
    "X-Content-SHA256", str, OpenApiParameter.HEADER, description="SHA-256 of the file in hexadecimal; is verified."
)


class UploadsView(ManagementView):
    pagination_class = Page

    @extend_schema(responses=outputs.UploadOutput(many=True))
    def get(self, request: Request) -> Response:
        return paged(request, library.upload_list(), lambda rows: outputs.UploadOutput(rows, many=True).data)

    @extend_schema(request=inputs.UploadInput, responses={201: outputs.UploadOutput})
    def post(self, request: Request) -> Response:
        """Begin an upload; then PUT its files, then complete it."""
        name = self.given(inputs.UploadInput, request)["name"]
        upload = uploads.create_upload(name=name, user_id=self.actor(request).user_id)
        return Response(outputs.UploadOutput(upload).data, status=201)


class UploadView(ManagementView):
    @extend_schema(
        responses=outputs.UploadDetailOutput,
        parameters=[OpenApiParameter("limit", int), OpenApiParameter("offset", int)],
    )
    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        """The upload with a page of its files: what is there needs not be sent again."""
        upload = library.upload_detail(upload_id)
        page = Page()
        files = page.paginate_queryset(library.upload_files(upload_id), request) or []
        end = (page.offset or 0) + len(files)
        following = f"{request.path}?limit={page.limit}&offset={end}" if end < (page.count or 0) else None
        body = outputs.UploadOutput(upload).data
        return Response({**body, "files": outputs.FileOutput(files, many=True).data, "next": following})


class UploadFilesView(ManagementView):
    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: outputs.FileOutput, 201: outputs.FileOutput},
        parameters=[_NAME, _SHA256],
    )
    def put(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Send one file as the body. 201 when it is new; the same again is 200; other bytes replace it."""
        length = request.META.get("CONTENT_LENGTH") or ""
        stored, is_new = uploads.store_file(
            upload_id=upload_id,
            name=request.query_params.get("name", ""),
            source=cast(BinaryIO, request._request),
            length=int(length) if length.isdecimal() else None,
            sha256=request.headers.get("X-Content-SHA256", ""),
        )
        return Response(outputs.FileOutput(stored).data, status=201 if is_new else 200)


class UploadedFileView(APIView):
    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY, (200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, upload_id: uuid.UUID, name: str) -> HttpResponse:
        """An uploaded photo: for managers, and for labelers when the instructions of a job of theirs show it."""
        found = None
        actor = actor_of_request(request)
        if can(actor, Permission.JOBS_READ):
            found = library.upload_files(upload_id).filter(name=name).first()
        address = reverse("upload_file", args=[upload_id, name])
        if found is None and can(actor, Permission.WORK_DO):
            found = uploads.picture_of_instructions(upload_id=upload_id, name=name, address=address)
        if found is None:
            raise NotFound(_("There is no such file."))
        data = blob_store().get(blob_key(found.organization_id, found.sha256))
        try:
            content_type = inspect_image(data).media_type
        except ImageError as error:
            raise NotFound(_("This file is no photo that can be shown.")) from error
        headers = {**HEADERS, "Content-Disposition": f"inline; filename*=UTF-8''{quote(name.rpartition('/')[2])}"}
        return HttpResponse(data, content_type=content_type, headers=headers)


class UploadThumbnailView(ManagementView):
    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY, 202: OpenApiTypes.OBJECT})
    def get(self, request: Request, upload_id: uuid.UUID, name: str) -> HttpResponse:
        """A small JPEG of an uploaded photo; 202 while a worker makes it."""
        file = library.upload_files(upload_id).filter(name=name).first()
        if file is None:
            raise NotFound(_("There is no such file."))
        return small_picture(request, file.sha256, lambda: thumbnail_of_file(file))


class UploadCompleteView(ManagementView):
    @extend_schema(request=None, responses=outputs.UploadOutput)
    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """No more files; jobs may use `upload://<id>/` from now on."""
        uploads.complete_upload(upload_id=upload_id)
        return Response(outputs.UploadOutput(library.upload_detail(upload_id)).data)
