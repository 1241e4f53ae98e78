"""Requests made from botocore's model: mostly right, with values on and beyond each limit, and members left out."""

import random
from typing import Any

from botocore.model import Shape

#: Something that fits each pattern of the operations, by shape name; what is not named takes plain text.
GOOD: dict[str, list[str]] = {
    "LabelingJobName": ["a", "city-1", "a" * 63],
    "LabelAttributeName": ["city-ref", "a" * 127],
    "S3Uri": ["s3://bucket/key", "https://bucket.s3.amazonaws.com/k", "s3://b"],
    "SnsTopicArn": ["arn:aws:sns:us-east-1:123456789012:topic.fifo"],
    "RoleArn": ["arn:aws:iam::123456789012:role/gt", "arn:aws-cn:iam::123456789012:role/service-role/a@b=c"],
    "KmsKeyId": ["", "key/1:2_3"],
    "LabelingJobAlgorithmSpecificationArn": ["arn:aws:sagemaker:us-east-1:027400017018:x/semantic-segmentation"],
    "ModelArn": ["arn:aws:sagemaker:us-east-1:123456789012:model/m"],
    "SecurityGroupId": ["sg-1"],
    "SubnetId": ["subnet-1"],
    "WorkteamArn": ["arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/a"],
    "HumanTaskUiArn": ["arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/a"],
    "LambdaFunctionArn": ["arn:aws:lambda:us-east-1:432418664414:function:PRE-SemanticSegmentation"],
    "TaskKeyword": ["images", "street view"],
    "TaskTitle": ["Paint", "Straße \u4e2d\u6587", "x" * 128],
    "TaskDescription": ["Paint each class"],
    "TagKey": ["k", "größe", "a:b/c=d+e-f@g", "\u0660\u00a0"],
    "TagValue": ["", "v", "ñ.x"],
}
BAD = [
    "",
    "-",
    "a b",
    "ä",
    "a--",
    "x" * 3000,
    "line\nbreak",
    "tab\t",
    "$",
    "<>",
    "\u2028",
    "\U0001f600",
    "arn:aws:a",
    "a\r",
]
NUMBERS = [-1, 0, 1, 2, 9, 10, 29, 30, 59, 60, 99, 100, 101, 5000, 5001, 2**31 - 1]


def request(shape: Shape, random_: random.Random, wrong: float) -> Any:
    """A value of the shape; with the share `wrong` of its members spoiled."""
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, random_, wrong)
    if kind == "list":
        return _list(shape, random_, wrong)
    if kind == "integer":
        if random_.random() < wrong:
            return random_.choice(NUMBERS)
        low = shape.metadata.get("min", 0)
        return random_.randint(low, min(shape.metadata.get("max", low + 50), low + 5000))
    if kind == "timestamp":
        return random_.choice([0, 1.5, 2_000_000_000, "2026-01-01T00:00:00Z"])
    if kind == "map":
        size = random_.randint(0, 12 if random_.random() < wrong else 3)
        return {
            f"{place}{request(shape.key, random_, wrong)}": request(shape.value, random_, wrong)
            for place in range(size)
        }
    return _text(shape, random_, wrong)


def _structure(shape: Shape, random_: random.Random, wrong: float) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        is_needed = name in shape.required_members
        if random_.random() < (wrong / 4 if is_needed else 0.5):
            continue
        found[name] = request(member, random_, wrong)
    return found


def _list(shape: Shape, random_: random.Random, wrong: float) -> list[Any]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 3)
    size = random_.randint(low, min(high, low + 2))
    if random_.random() < wrong:
        size = random_.choice([0, low, high, high + 1]) if high < 60 else 0
    return [request(shape.member, random_, wrong) for _place in range(size)]


def _text(shape: Shape, random_: random.Random, wrong: float) -> str:
    good = list(shape.enum) or GOOD.get(shape.name, ["text"])
    if random_.random() >= wrong:
        return str(random_.choice(good))
    limits = [shape.metadata[name] for name in ("min", "max") if 0 < shape.metadata.get(name, 0) < 4000]
    edges = ["a" * max(size + step, 0) for size in limits for step in (-1, 0, 1)]
    mixed = [f"{random_.choice(good)}{random_.choice(BAD)}", random_.choice(good).upper(), random_.choice(good) * 3]
    return str(random_.choice([*BAD, *edges, *mixed]))
