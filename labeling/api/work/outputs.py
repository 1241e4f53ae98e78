"""What the work API answers, for the schema."""

from typing import Any

from rest_framework import serializers

from labeling.states import TaskType
from workforce.states import Stage


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
    code = serializers.CharField(help_text="What people call the photo; a manager finds it by that.")


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


class CommentOutput(serializers.Serializer[Any]):
    x = serializers.FloatField(help_text="Pixels of the photo.")
    y = serializers.FloatField()
    text = serializers.CharField()


class VerdictOutput(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    verdict = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    comments = CommentOutput(many=True)
    at = serializers.DateTimeField()


class LayerOutput(serializers.Serializer[Any]):
    url = serializers.CharField()


class ConsolidatedLayerOutput(LayerOutput):
    rule = serializers.CharField()
    confidence = serializers.FloatField()
    disputed_share = serializers.FloatField()
    class_agreement = serializers.DictField(child=serializers.FloatField())


class AnswerLayerOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="A, B, C ...: no labeler is named.")
    kind = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_null=True)


class ReviewSheetOutput(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    consolidated = ConsolidatedLayerOutput(allow_null=True)
    disagreement = LayerOutput(allow_null=True)
    answers = AnswerLayerOutput(many=True)
    history = VerdictOutput(many=True)


class ReworkSheetOutput(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    mine = serializers.BooleanField(help_text="Whether the answer that came back was yours.")
    previous = LayerOutput(allow_null=True)
    history = VerdictOutput(many=True)


class FrameOutput(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="The page of the task's own template, for a sandboxed frame.")


class AssignmentOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    token = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    seconds_left = serializers.FloatField()
    task = TaskRefOutput()
    image = ImageOutput()
    task_type = serializers.ChoiceField(choices=TaskType.choices)
    categories = CategoryOutput(many=True, help_text="Of the mask; a verification's are the earlier job's.")
    template = TemplateOutput()
    revision = serializers.IntegerField()
    paused = serializers.BooleanField()
    stopping = serializers.BooleanField(help_text="The job was stopped: what is not sent in time does not count.")
    draft = DraftRefOutput(allow_null=True)
    frame = FrameOutput(allow_null=True, help_text="Null: the task is done in our own editor.")
    stage = serializers.ChoiceField(choices=Stage.choices)
    prior = LayerOutput(allow_null=True, help_text="The earlier mask that an adjustment or verification begins with.")
    verdicts = CategoryOutput(many=True, allow_null=True, help_text="Of a verification: what may be answered.")
    feedback = serializers.BooleanField(help_text="A qualification: after the submit `feedback` says what was wrong.")
    review = ReviewSheetOutput(allow_null=True)
    rework = ReworkSheetOutput(allow_null=True)


class ClassScoreOutput(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    name = serializers.CharField()
    color = serializers.CharField()
    iou = serializers.FloatField()


class ConfusedOutput(serializers.Serializer[Any]):
    truth = serializers.CharField(help_text="What it is.")
    answer = serializers.CharField(help_text="What you made of it.")
    pixels = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of the photo.")


class PictureRefOutput(serializers.Serializer[Any]):
    url = serializers.CharField()


class ResultOutput(serializers.Serializer[Any]):
    passed = serializers.BooleanField(source="has_passed")
    mean_iou = serializers.FloatField()
    low = serializers.FloatField(help_text="95 % confidence.")
    high = serializers.FloatField()
    count = serializers.IntegerField()
    skill = serializers.CharField()
    level = serializers.IntegerField()


class FeedbackOutput(serializers.Serializer[Any]):
    mean_iou = serializers.FloatField()
    accuracy = serializers.FloatField()
    classes = ClassScoreOutput(many=True)
    confused = ConfusedOutput(many=True)
    photo = PictureRefOutput()
    overlay = PictureRefOutput(help_text="Which pixels are wrong.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    answered = serializers.IntegerField()
    total = serializers.IntegerField()
    threshold = serializers.FloatField(help_text="The mean IoU that earns the skill.")
    skill = serializers.CharField()
    result = ResultOutput(allow_null=True, help_text="Once every photo is answered.")


class KeptOutput(serializers.Serializer[Any]):
    kept_until = serializers.DateTimeField(allow_null=True, help_text="Null: it is not kept, the job is ending.")


class NextOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The reserved place.")
    kept_until = serializers.DateTimeField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    task = TaskRefOutput()
    image = ImageOutput()
    draft = DraftRefOutput(allow_null=True)


class LeaseOutput(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField()
    seconds_left = serializers.FloatField()
    paused = serializers.BooleanField()
    stopping = serializers.BooleanField(help_text="The job was stopped: what is not sent in time does not count.")
    revision = serializers.IntegerField()


class SavedDraftOutput(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    sha256 = serializers.CharField()


class DraftVersionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    saved_at = serializers.DateTimeField()
    window = serializers.CharField(allow_blank=True, help_text="The client's own name of the window it was painted in.")
    device = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField()
    url = serializers.CharField()


class DraftVersionsOutput(serializers.Serializer[Any]):
    results = DraftVersionOutput(many=True)


class AcceptedOutput(serializers.Serializer[Any]):
    annotation = serializers.UUIDField()
    status = serializers.CharField()
    sha256 = serializers.CharField()
    raster_sha256 = serializers.CharField(allow_blank=True)
    accepted_at = serializers.DateTimeField()
