"""Shapes and constraints: in AWS's words, all at once; the same verdicts as a validator of another making."""

import random
from collections import Counter
from typing import Any

import pytest

from labeling.sagemaker.constraints import Violation, read, refuse, violations
from labeling.sagemaker.errors import ValidationFailed
from labeling.sagemaker.model import input_shape
from labeling.sagemaker.operation import operation_names
from tests.factories.aws import Aws, aws_client
from tests.labeling.sagemaker.generate import request
from tests.labeling.sagemaker.validator import Verdict, shape_of, verdicts
from tests.plugins.cast import Company

CREATE = "CreateLabelingJob"


def _kind(one: Violation) -> str:
    text = one.constraint
    if text.endswith("not be null"):
        return "null"
    if "regular expression" in text:
        return "pattern"
    if "enum" in text:
        return "enum"
    return f"{'length' if 'length' in text else 'value'} {'min' if 'greater' in text else 'max'}"


def _ours(operation: str, given: Any) -> set[Verdict]:
    name = input_shape(operation)
    return {(one.path, _kind(one)) for one in violations(name, read(name, given))}


def _compare(operation: str, count: int, seed: int) -> Counter[str]:
    random_ = random.Random(seed)
    met: Counter[str] = Counter()
    for number in range(count):
        given = request(shape_of(operation), random_, wrong=(0.0, 0.03, 0.15, 0.5)[number % 4])
        expected = verdicts(operation, given)
        assert _ours(operation, given) == expected, given
        met.update(kind for _path, kind in expected)
        met["right"] += not expected
    return met


def test_verdicts_are_those_of_an_independent_validator() -> None:
    met = _compare(CREATE, 300, seed=20261125)
    kinds = {"null", "pattern", "length min", "length max", "value min", "value max", "enum", "right"}
    assert {kind for kind in kinds if met[kind] < 3} == set(), met


@pytest.mark.soak
def test_verdicts_are_those_of_an_independent_validator_5000_times() -> None:
    _compare(CREATE, 5000, seed=1)


@pytest.mark.parametrize("operation", operation_names())
def test_every_operations_verdicts_are_those_of_the_validator(operation: str) -> None:
    _compare(operation, 60, seed=7)


def test_there_are_25_operations() -> None:
    assert len(operation_names()) == 25


def test_messages_are_in_aws_words(acme: Company) -> None:
    aws = aws_client(acme)
    one = aws.error("DescribeLabelingJob", LabelingJobName="bad_name")
    assert one == (
        "ValidationException",
        "1 validation error detected: Value 'bad_name' at 'labelingJobName' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
    )
    assert aws.error("DescribeLabelingJob")[1] == (
        "1 validation error detected: Value null at 'labelingJobName' failed to satisfy constraint: Member must not be "
        "null"
    )
    many = aws.error("ListLabelingJobs", MaxResults=101, SortBy="Size", NameContains="a b")[1]
    assert many.startswith("3 validation errors detected: ")
    assert "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal" in many
    assert "Member must satisfy enum value set: [Name, CreationTime, Status]" in many
    assert "; Value 'a b' at 'nameContains'" in many


def test_every_violation_of_a_request_is_in_one_message(acme: Company) -> None:
    code, message = aws_client(acme).error(
        CREATE,
        LabelingJobName="x" * 64,
        LabelAttributeName="label",
        Tags=[{"Key": "", "Value": "€"}],
        HumanTaskConfig={"NumberOfHumanWorkersPerDataObject": 10, "TaskTimeLimitInSeconds": 28_801, "TaskKeywords": []},
    )
    assert code == "ValidationException"
    for part in (
        "'labelingJobName'",
        "must end with '-ref'",
        "'inputConfig'",
        "'outputConfig'",
        "'roleArn'",
        "'humanTaskConfig.workteamArn'",
        "'humanTaskConfig.uiConfig'",
        "'humanTaskConfig.taskTitle'",
        "'humanTaskConfig.taskDescription'",
        "'humanTaskConfig.numberOfHumanWorkersPerDataObject'",
        "'humanTaskConfig.taskTimeLimitInSeconds'",
        "'humanTaskConfig.taskKeywords'",
        "'tags.1.member.key'",
        "'tags.1.member.value'",
    ):
        assert part in message, part


def test_a_sentence_alone_has_no_preface() -> None:
    with pytest.raises(ValidationFailed) as refused:
        refuse([Violation("a", "", sentence="This is wrong."), Violation("b", "", sentence="That too.")])
    assert refused.value.message == "This is wrong. That too."


def test_long_values_are_cut_in_messages() -> None:
    with pytest.raises(ValidationFailed) as refused:
        refuse([Violation("a", "Member must be short", "x" * 5000)])
    assert len(refused.value.message) < 400


# --- no wrong request gets a server error -----------------------------------------------------------------------------
VALUES: list[Any] = [
    None,
    "",
    "\x00",
    "a\x00b",
    "x" * 100_000,
    True,
    -1,
    2**31,
    10**40,
    1e308,
    [],
    {},
    [[[]]],
    {"a": []},
]


def _spoiled(given: Any, random_: random.Random) -> Any:
    """A request with one value somewhere replaced by something else."""
    if isinstance(given, dict) and given and random_.random() < 0.8:
        name = random_.choice(sorted(given))
        return {**given, name: _spoiled(given[name], random_)}
    if isinstance(given, list) and given and random_.random() < 0.8:
        place = random_.randrange(len(given))
        return [*given[:place], _spoiled(given[place], random_), *given[place + 1 :]]
    return random_.choice(VALUES)


def _fuzz(aws: Aws, operation: str, count: int) -> None:
    random_ = random.Random(operation)
    for number in range(count):
        given = request(shape_of(operation), random_, wrong=0.05)
        if number % 2:
            given = _spoiled(given, random_)
        if isinstance(given, dict):
            answer = aws.call(operation, given)
            assert answer.status_code in (200, 400), (answer.status_code, answer.content, given)


def test_no_request_gets_a_server_error(acme: Company) -> None:
    aws = aws_client(acme)
    for operation in operation_names():
        _fuzz(aws, operation, 10)


@pytest.mark.soak
@pytest.mark.parametrize("operation", operation_names())
def test_no_request_gets_a_server_error_1000_times(acme: Company, operation: str) -> None:
    _fuzz(aws_client(acme), operation, 1000)
