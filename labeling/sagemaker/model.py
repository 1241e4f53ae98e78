"""The service's shapes, from the model that ships with botocore: read once, when first asked for."""

from functools import lru_cache
from typing import Any

Shape = dict[str, Any]


@lru_cache(maxsize=1)
def service() -> dict[str, Any]:
    from botocore.loaders import Loader

    model: dict[str, Any] = Loader().load_service_model("sagemaker", "service-2")
    return model


def shape(name: str) -> Shape:
    found: Shape = service()["shapes"][name]
    return found


def input_shape(operation: str) -> str:
    return str(service()["operations"][operation]["input"]["shape"])


def has_output(operation: str) -> bool:
    """Whether an answer has a body at all; operations without one answer with none."""
    return "output" in service()["operations"][operation]
