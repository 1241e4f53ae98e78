"""What the management API takes. Ranges and names are the services' business, so that all violations come at once."""

from typing import Any

from rest_framework import serializers

from labeling.services.jobs import FollowUp
from labeling.services.task_templates import TOOLS
from labeling.states import TaskType
from workforce.distribution import DEFAULT_POLICY, POLICIES


class CategoryInput(serializers.Serializer[Any]):
    index = serializers.IntegerField(
        required=False, allow_null=True, help_text="1 to 255; left out: the next free one."
    )
    name = serializers.CharField(allow_blank=True)
    color = serializers.CharField(required=False, allow_blank=True, help_text="#rrggbb; left out: a default colour.")
    key = serializers.CharField(required=False, allow_blank=True, help_text="One character of the keyboard.")
    description = serializers.CharField(required=False, allow_blank=True)


class LabelSetInput(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True, default="")
    categories = CategoryInput(many=True, allow_empty=True)


class TemplateInput(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    instructions = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, default="", help_text="Markdown."
    )
    tools = serializers.ListField(child=serializers.CharField(), required=False, default=list(TOOLS))
    source = serializers.CharField(  # type: ignore[assignment]  # a field's name
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        default="",
        help_text="A page in Liquid that labelers are shown instead of our own editor.",
    )
    time_limit_seconds = serializers.IntegerField(required=False, default=3600)
    allow_empty = serializers.BooleanField(required=False, default=True)
    allow_impossible = serializers.BooleanField(required=False, default=True)
    require_full_coverage = serializers.BooleanField(required=False, default=False)


class TemplateTrialInput(serializers.Serializer[Any]):
    template = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="HTML with Liquid.")
    label_set_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    input = serializers.DictField(
        required=False, allow_null=True, default=None, help_text="`task.input`; left out: a sample photo."
    )


class PreviewInput(serializers.Serializer[Any]):
    instructions = serializers.CharField(allow_blank=True, trim_whitespace=False)


class ConnectionInput(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(help_text="s3, gcs, azure or local.")
    container = serializers.CharField(allow_blank=True, help_text="Bucket, Azure container, or folder on the server.")
    endpoint = serializers.CharField(required=False, allow_blank=True, default="")
    region = serializers.CharField(required=False, allow_blank=True, default="")
    credentials = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False),
        required=False,
        allow_null=True,
        default=None,
        help_text="s3: access_key, secret_key; gcs: service_account_json; azure: account_name and a key.",
    )
    is_writable = serializers.BooleanField(required=False, default=True)
    role_arn = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="The IAM role it stands for in the SageMaker API."
    )
    is_default = serializers.BooleanField(
        required=False, default=False, help_text="It stands for every role that no connection names."
    )


class UploadInput(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)


class JobInput(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    task_type = serializers.ChoiceField(
        choices=TaskType.choices,
        required=False,
        default=TaskType.SEGMENTATION,
        help_text="An adjustment or verification begins with the labels in the manifest of an earlier job.",
    )
    prior_attribute_name = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="The label attribute that it begins with; left out: the only one the lines have.",
    )
    label_attribute_name = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Ends with -ref; left out: <name>-ref. A verification's does not; left out: the name.",
    )
    input_uri = serializers.CharField(
        help_text="A manifest, or ending in / a prefix: s3://, gs://, azure://, file://, upload://."
    )
    input_filter = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Patterns of file names, one a line, such as night/*.jpg; ! before one leaves out. Empty: all.",
    )
    sample_percent = serializers.IntegerField(
        required=False, default=100, help_text="A random share of these images, 1 to 100; the same when read again."
    )
    output_uri = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Left out: this installation's own storage."
    )
    label_set_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Of a verification its verdicts; left out: good, bad."
    )
    task_template_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    work_team_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    for_vendor = serializers.BooleanField(
        required=False, default=False, help_text="No own team: a vendor is granted the job afterwards."
    )
    number_of_labelers = serializers.IntegerField(required=False, default=3)
    time_limit_seconds = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="For one assignment; left out: the template's."
    )
    max_concurrent = serializers.IntegerField(required=False, default=1000, help_text="Photos open at once.")
    deadline = serializers.DateTimeField(required=False, allow_null=True, default=None)
    consolidation_rule = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="Left out: majority; of a verification expectation-maximization.",
    )
    start_when_ready = serializers.BooleanField(required=False, default=False)
    review_team_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    review_share = serializers.FloatField(
        required=False, default=0.0, help_text="How much of the results is reviewed: 0 nothing, 1 everything."
    )
    gold_rate = serializers.FloatField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Left out: 0.1. The share of a person's photos that are gold tasks, once there are any.",
    )
    is_qualification = serializers.BooleanField(
        required=False, default=False, help_text="All gold: everybody answers each once and earns the skill."
    )
    qualification_skill = serializers.CharField(required=False, allow_blank=True, default="")
    qualification_iou = serializers.FloatField(required=False, default=0.7, help_text="Mean IoU that earns the skill.")
    pre_annotation_arn = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="The ARN of a function that prepares each photo."
    )
    consolidation_arn = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="The ARN of a function that makes labels of answers."
    )
    policy = serializers.CharField(required=False, default=DEFAULT_POLICY, help_text=f"One of: {', '.join(POLICIES)}.")
    required_skills = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="The least level (1 to 100) of each skill needed."
    )
    hold_seconds = serializers.IntegerField(required=False, help_text="How long a place is kept on request.")
    max_open_claims = serializers.IntegerField(
        required=False, help_text="Who has so many open assignments, in all jobs, gets none of this one."
    )
    max_declines = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="After so many declines a photo needs attention; null: as many as labelers are wanted.",
    )
    idle_seconds = serializers.IntegerField(
        required=False, help_text="Between two signs of activity at most so many seconds count as worked."
    )
    availability_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="A photo that is not finished so long after it was offered ends as it is; null: never.",
    )


class FollowUpInput(serializers.Serializer[Any]):
    """What is left out is as it was in the job that is gone on from."""

    how = serializers.ChoiceField(choices=FollowUp.choices)
    name = serializers.CharField(allow_blank=True)
    label_attribute_name = serializers.CharField(required=False, allow_blank=True)
    input_uri = serializers.CharField(required=False)
    output_uri = serializers.CharField(required=False, allow_blank=True)
    label_set_id = serializers.UUIDField(required=False)
    task_template_id = serializers.UUIDField(required=False)
    work_team_id = serializers.UUIDField(required=False)
    number_of_labelers = serializers.IntegerField(required=False)
    time_limit_seconds = serializers.IntegerField(required=False)
    max_concurrent = serializers.IntegerField(required=False)
    deadline = serializers.DateTimeField(required=False, allow_null=True)
    consolidation_rule = serializers.CharField(required=False)
    start_when_ready = serializers.BooleanField(required=False, default=False)


class JobChanges(serializers.Serializer[Any]):
    """Every field is optional; what is left out stays as it is."""

    title = serializers.CharField(required=False, allow_blank=True)
    instructions = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    tools = serializers.ListField(child=serializers.CharField(), required=False)
    categories = CategoryInput(many=True, required=False, allow_empty=True)
    allow_empty = serializers.BooleanField(required=False)
    allow_impossible = serializers.BooleanField(required=False)
    require_full_coverage = serializers.BooleanField(required=False)
    number_of_labelers = serializers.IntegerField(required=False)
    time_limit_seconds = serializers.IntegerField(required=False)
    max_concurrent = serializers.IntegerField(required=False)
    priority = serializers.IntegerField(required=False, min_value=-1000, max_value=1000)
    deadline = serializers.DateTimeField(required=False, allow_null=True)
    work_team_id = serializers.UUIDField(required=False)
    review_team_id = serializers.UUIDField(required=False, allow_null=True)
    consolidation_rule = serializers.CharField(required=False, help_text="For masks that are made from now on.")
    review_share = serializers.FloatField(required=False)
    gold_rate = serializers.FloatField(required=False)
    qualification_skill = serializers.CharField(required=False, help_text="Of a qualification.")
    qualification_iou = serializers.FloatField(required=False)
    policy = serializers.CharField(required=False)
    required_skills = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="The least level (1 to 100) of each skill needed."
    )
    hold_seconds = serializers.IntegerField(required=False)
    max_open_claims = serializers.IntegerField(required=False)
    max_declines = serializers.IntegerField(required=False, allow_null=True)
    idle_seconds = serializers.IntegerField(
        required=False, help_text="Between two signs of activity at most so many seconds count as worked."
    )
    availability_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="A photo that is not finished so long after it was offered ends as it is; null: never.",
    )
