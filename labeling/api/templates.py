"""Task templates in Liquid: tried before they are saved, and made of those of our own kind."""

import uuid
from dataclasses import asdict

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api import inputs, outputs
from labeling.api.base import ManagementView
from labeling.services.template_export import exported_template
from labeling.services.template_previews import make_preview
from maskwright.core.wording import reword
from maskwright.organizations.permissions import Permission


class TemplateTrialView(ManagementView):
    writes = Permission.SETTINGS_MANAGE

    @extend_schema(request=inputs.TemplateTrialInput, responses=outputs.TemplateTrialOutput)
    def post(self, request: Request) -> Response:
        """Render a template that is being written; nothing is kept but its page, for 15 minutes."""
        given = self.given(inputs.TemplateTrialInput, request)
        found = make_preview(source=given["template"], label_set_id=given["label_set_id"], given=given["input"])
        problem = found.problem
        errors = [] if problem is None else [{**asdict(problem), "message": reword(problem.message)}]
        url = reverse("preview_frame", args=(found.preview_id,)) if found.preview_id else None
        return Response({"url": url, "errors": errors, "hosts": list(found.hosts)})


class TemplateLiquidView(ManagementView):
    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, template_id: uuid.UUID) -> HttpResponse:
        """The template as a page in Liquid, as Ground Truth takes it."""
        name, page = exported_template(template_id)
        # No page of ours: whoever opens it by itself shall read it, not run it.
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(page, content_type="text/plain; charset=utf-8", headers=headers)
