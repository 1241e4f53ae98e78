"""What the management API sends about quality of people."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.models import QualityEvent, QualityRule
from labeling.selectors.quality import PersonQuality
from labeling.services.quality.usual import PARTS
from labeling.services.quality.words import event_words, rule_words
from maskwright.core.api.fields import KeptText


class MadeGoldOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    made_of = serializers.CharField(source="source", help_text="answer, consolidated or upload.")
    photo = serializers.CharField(source="task.data_object.source_ref")
    sha256 = serializers.CharField(help_text="Of the truth's indexed PNG.")
    created_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)


class GoldOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="gold.pk")
    made_of = serializers.CharField(source="gold.source", help_text="answer, consolidated or upload.")
    photo = serializers.CharField(source="gold.task.data_object.source_ref")
    sha256 = serializers.CharField(source="gold.sha256", help_text="Of the truth's indexed PNG.")
    created_at = serializers.DateTimeField(source="gold.created_at")
    removed_at = serializers.DateTimeField(source="gold.removed_at", allow_null=True)
    answers = serializers.IntegerField()
    mean_iou = serializers.FloatField(allow_null=True)


class IntervalOutput(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class PauseOutput(serializers.Serializer[Any]):
    worker = serializers.UUIDField(source="worker_id")
    since = serializers.DateTimeField(source="created_at")
    until = serializers.DateTimeField(allow_null=True)
    reason = KeptText()
    event = serializers.UUIDField(source="cause_id", allow_null=True, help_text="What a rule did, where one did it.")


class ConfusionOutput(serializers.Serializer[Any]):
    truth = serializers.IntegerField()
    answer = serializers.IntegerField(help_text="0: not labeled.")
    pixels = serializers.IntegerField()


class PersonQualityOutput(serializers.Serializer[Any]):
    worker = serializers.UUIDField(source="worker_id")
    code = serializers.CharField()
    person = serializers.SerializerMethodField()
    vendor = serializers.UUIDField(source="vendor_id", allow_null=True)
    answers = serializers.IntegerField(help_text="Gold tasks included.")
    golds = serializers.IntegerField()
    gold = IntervalOutput(allow_null=True)
    accuracy = serializers.FloatField(allow_null=True, help_text="Share of right pixels on gold tasks.")
    compared = serializers.IntegerField()
    agreement = IntervalOutput(allow_null=True)
    classes = serializers.DictField(child=serializers.FloatField(), help_text="IoU on gold tasks by index.")
    confused = serializers.SerializerMethodField()
    pause = PauseOutput(allow_null=True)

    def get_person(self, one: PersonQuality) -> str | None:
        """The name of one of your own people, for managers."""
        return self.context.get("names", {}).get(one.worker_id)  # type: ignore[no-any-return]

    @extend_schema_field(ConfusionOutput(many=True))
    def get_confused(self, one: PersonQuality) -> list[dict[str, int]]:
        return [{"truth": truth, "answer": answer, "pixels": pixels} for truth, answer, pixels in one.confused]


class RuleOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    collector = serializers.CharField()
    condition = serializers.CharField()
    limit = serializers.FloatField()
    at_least = serializers.IntegerField()
    collector_settings = serializers.DictField(child=serializers.FloatField())
    action = serializers.CharField()
    action_settings = serializers.DictField()
    is_active = serializers.BooleanField()
    words = serializers.SerializerMethodField()

    def get_words(self, row: QualityRule) -> str:
        return rule_words({name: getattr(row, name) for name in PARTS})


class EventOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    rule_id = serializers.UUIDField()
    action = serializers.CharField(source="rule.action")
    worker = serializers.UUIDField(source="worker_id")
    code = serializers.CharField(source="worker.code")
    person = serializers.SerializerMethodField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    count = serializers.IntegerField()
    words = serializers.SerializerMethodField()
    state = serializers.CharField()
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)

    def get_person(self, event: QualityEvent) -> str | None:
        """The name of one of your own people, for managers."""
        return self.context.get("names", {}).get(event.worker_id)  # type: ignore[no-any-return]

    def get_words(self, event: QualityEvent) -> str:
        return event_words(event)
