"""What the work API answers, for the schema."""

from typing import Any

from rest_framework import serializers


class CategoryOutput(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    name = serializers.CharField()
    color = serializers.CharField()
    key = serializers.CharField()
    description = serializers.CharField()


class NamedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ObjectRefOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    index = serializers.IntegerField()


class TaskRefOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    job = NamedOutput()
    data_object = ObjectRefOutput()


class ImageOutput(serializers.Serializer[Any]):
    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class TemplateOutput(serializers.Serializer[Any]):
    title = serializers.CharField()
    instructions_html = serializers.CharField()
    tools = serializers.ListField(child=serializers.CharField())
    allow_empty = serializers.BooleanField()
    allow_impossible = serializers.BooleanField()
    require_full_coverage = serializers.BooleanField()


class DraftRefOutput(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    sha256 = serializers.CharField()
    url = serializers.CharField()


class AssignmentOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    token = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    seconds_left = serializers.FloatField()
    task = TaskRefOutput()
    image = ImageOutput()
    categories = CategoryOutput(many=True)
    template = TemplateOutput()
    revision = serializers.IntegerField()
    paused = serializers.BooleanField()
    draft = DraftRefOutput(allow_null=True)


class LeaseOutput(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField()
    seconds_left = serializers.FloatField()
    paused = serializers.BooleanField()
    revision = serializers.IntegerField()


class SavedDraftOutput(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    sha256 = serializers.CharField()


class AcceptedOutput(serializers.Serializer[Any]):
    annotation = serializers.UUIDField()
    status = serializers.CharField()
    sha256 = serializers.CharField()
    raster_sha256 = serializers.CharField(allow_blank=True)
    accepted_at = serializers.DateTimeField()
