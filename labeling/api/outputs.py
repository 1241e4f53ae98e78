"""What the management API sends about label sets, templates, storage and uploads. Credentials are never among it."""

from typing import Any

from rest_framework import serializers

from labeling.api.work.outputs import CategoryOutput
from labeling.instructions import render_instructions
from maskwright.core.api.fields import KeptText


class LabelSetOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="label_set.pk")
    name = serializers.CharField(source="label_set.name")
    description = serializers.CharField(source="label_set.description")
    version = serializers.IntegerField(source="version.number")
    categories = CategoryOutput(source="version.categories", many=True)
    created_at = serializers.DateTimeField(source="label_set.created_at")


class TaskTemplateOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="template.pk")
    name = serializers.CharField(source="template.name")
    version = serializers.IntegerField(source="version.number")
    title = serializers.CharField(source="version.title")
    instructions = serializers.CharField(source="version.instructions")
    instructions_html = serializers.SerializerMethodField()
    source = serializers.CharField(source="version.source")  # type: ignore[assignment]  # a field's name
    tools = serializers.ListField(child=serializers.CharField(), source="version.tools")
    time_limit_seconds = serializers.IntegerField(source="version.time_limit_seconds")
    allow_empty = serializers.BooleanField(source="version.allow_empty")
    allow_impossible = serializers.BooleanField(source="version.allow_impossible")
    require_full_coverage = serializers.BooleanField(source="version.require_full_coverage")
    created_at = serializers.DateTimeField(source="template.created_at")

    def get_instructions_html(self, row: Any) -> str:
        return render_instructions(row.version.instructions)


class TemplateProblemOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    line = serializers.IntegerField(help_text="1 is the first; 0: the template as a whole.")
    column = serializers.IntegerField()
    text = serializers.CharField()


class TemplateTrialOutput(serializers.Serializer[Any]):
    url = serializers.CharField(allow_null=True, help_text="The page, for a sandboxed frame, for 15 minutes.")
    errors = TemplateProblemOutput(many=True)  # type: ignore[assignment]  # a field's name
    hosts = serializers.ListField(
        child=serializers.CharField(), help_text="From where the page loads without being allowed to."
    )


class HtmlOutput(serializers.Serializer[Any]):
    html = serializers.CharField()
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="Pictures that labelers would not see, and what to do."
    )


class PictureOutput(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="For `![what it shows](address)`.")


class ConnectionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    container = serializers.CharField()
    endpoint = serializers.CharField()
    region = serializers.CharField()
    is_writable = serializers.BooleanField()
    role_arn = serializers.CharField()
    is_default = serializers.BooleanField()
    tested_at = serializers.DateTimeField(allow_null=True)
    test_result = KeptText()
    created_at = serializers.DateTimeField()


class CheckStepOutput(serializers.Serializer[Any]):
    step = serializers.CharField(help_text="open, list, write, read or delete.")
    ok = serializers.BooleanField()
    message = KeptText()


class CheckReportOutput(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    message = KeptText()
    steps = CheckStepOutput(many=True)


class UploadOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    uri = serializers.SerializerMethodField()
    file_count = serializers.IntegerField(default=0)
    total_bytes = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)

    def get_uri(self, upload: Any) -> str:
        return f"upload://{upload.pk}/"

    def get_total_bytes(self, upload: Any) -> int:
        return getattr(upload, "total_bytes", None) or 0


class FileOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class UploadDetailOutput(UploadOutput):
    files = FileOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="Address of the next page of files.")
