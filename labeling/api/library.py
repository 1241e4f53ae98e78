"""Label sets, task templates and storage connections."""

import uuid

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api import inputs, outputs
from labeling.api.base import ManagementView
from labeling.instructions import render_instructions
from labeling.selectors import library
from labeling.services.instruction_pictures import MAX_BYTES, store_picture
from labeling.services.label_sets import save_label_set
from labeling.services.picture_problems import picture_problems
from labeling.services.storage_connections import (
    remove_storage_connection,
    save_storage_connection,
    test_connection,
)
from labeling.services.task_templates import save_task_template
from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.permissions import Permission


class SettingsView(ManagementView):
    writes = Permission.SETTINGS_MANAGE


def _label_set(label_set_id: uuid.UUID, status: int = 200) -> Response:
    return Response(outputs.LabelSetOutput(library.label_set_detail(label_set_id)).data, status=status)


class LabelSetsView(SettingsView):
    pagination_class = Page

    @extend_schema(responses=outputs.LabelSetOutput(many=True))
    def get(self, request: Request) -> Response:
        return paged(
            request,
            library.label_set_list(),
            lambda rows: outputs.LabelSetOutput(library.label_set_rows(rows), many=True).data,
        )

    @extend_schema(request=inputs.LabelSetInput, responses={201: outputs.LabelSetOutput})
    def post(self, request: Request) -> Response:
        """Make a label set of 1 to 255 categories; index, colour and key are chosen where they are left out."""
        return _label_set(self.save(save_label_set, inputs.LabelSetInput, request).pk, 201)


class LabelSetView(SettingsView):
    @extend_schema(responses=outputs.LabelSetOutput)
    def get(self, request: Request, label_set_id: uuid.UUID) -> Response:
        return _label_set(label_set_id)

    @extend_schema(request=inputs.LabelSetInput, responses=outputs.LabelSetOutput)
    def put(self, request: Request, label_set_id: uuid.UUID) -> Response:
        """Save a new version. Re-indexing is refused; removing too, once a job uses the label set."""
        self.save(save_label_set, inputs.LabelSetInput, request, label_set_id=label_set_id)
        return _label_set(label_set_id)


def _template(task_template_id: uuid.UUID, status: int = 200) -> Response:
    return Response(outputs.TaskTemplateOutput(library.template_detail(task_template_id)).data, status=status)


class TemplatesView(SettingsView):
    pagination_class = Page

    @extend_schema(responses=outputs.TaskTemplateOutput(many=True))
    def get(self, request: Request) -> Response:
        return paged(
            request,
            library.template_list(),
            lambda rows: outputs.TaskTemplateOutput(library.template_rows(rows), many=True).data,
        )

    @extend_schema(request=inputs.TemplateInput, responses={201: outputs.TaskTemplateOutput})
    def post(self, request: Request) -> Response:
        return _template(self.save(save_task_template, inputs.TemplateInput, request).pk, 201)


class PicturesView(SettingsView):
    @extend_schema(
        request={"image/png": OpenApiTypes.BINARY, "image/jpeg": OpenApiTypes.BINARY},
        responses={201: outputs.PictureOutput},
        parameters=[OpenApiParameter("name", str, description="The file's name; the address says it.")],
    )
    def post(self, request: Request) -> Response:
        """Keep a picture for instructions (JPEG or PNG, 5 MB at most) and get the address that Markdown names."""
        _file, address = store_picture(
            name=request.query_params.get("name", ""),
            data=request._request.read(MAX_BYTES + 1),
            user_id=self.actor(request).user_id,
        )
        return Response({"address": address}, status=201)


class TemplateView(SettingsView):
    @extend_schema(responses=outputs.TaskTemplateOutput)
    def get(self, request: Request, template_id: uuid.UUID) -> Response:
        return _template(template_id)

    @extend_schema(request=inputs.TemplateInput, responses=outputs.TaskTemplateOutput)
    def put(self, request: Request, template_id: uuid.UUID) -> Response:
        """Save a new version; jobs that exist keep theirs."""
        self.save(save_task_template, inputs.TemplateInput, request, task_template_id=template_id)
        return _template(template_id)


class TemplatePreviewView(SettingsView):
    @extend_schema(request=inputs.PreviewInput, responses=outputs.HtmlOutput)
    def post(self, request: Request) -> Response:
        """Instructions as labelers will see them, and what is wrong with their pictures; nothing is kept."""
        instructions = self.given(inputs.PreviewInput, request)["instructions"]
        problems = [problem.message for problem in picture_problems(instructions)]
        return Response({"html": render_instructions(instructions), "problems": problems})


def _connection(connection_id: uuid.UUID, status: int = 200) -> Response:
    return Response(outputs.ConnectionOutput(library.connection_detail(connection_id)).data, status=status)


class ConnectionsView(SettingsView):
    pagination_class = Page

    @extend_schema(responses=outputs.ConnectionOutput(many=True))
    def get(self, request: Request) -> Response:
        return paged(request, library.connection_list(), lambda rows: outputs.ConnectionOutput(rows, many=True).data)

    @extend_schema(request=inputs.ConnectionInput, responses={201: outputs.ConnectionOutput})
    def post(self, request: Request) -> Response:
        """Credentials are encrypted and never shown again."""
        return _connection(self.save(save_storage_connection, inputs.ConnectionInput, request).pk, 201)


class ConnectionView(SettingsView):
    @extend_schema(responses=outputs.ConnectionOutput)
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        return _connection(connection_id)

    @extend_schema(request=inputs.ConnectionInput, responses=outputs.ConnectionOutput)
    def put(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Without `credentials` the stored ones stay, as long as kind and endpoint do."""
        self.save(save_storage_connection, inputs.ConnectionInput, request, connection_id=connection_id)
        return _connection(connection_id)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, connection_id: uuid.UUID) -> Response:
        remove_storage_connection(connection_id=connection_id)
        return Response(status=204)


class ConnectionTestView(SettingsView):
    @extend_schema(request=None, responses=outputs.CheckReportOutput)
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """List, and where writing is allowed write, read and delete a small object; takes some seconds at most."""
        return Response(outputs.CheckReportOutput(test_connection(connection_id=connection_id)).data)
