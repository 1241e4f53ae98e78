"""A service called with a request's body: whoever sends a bad one reads everything that is wrong with it at once."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.fields import SkipField

from maskwright.core.api.exceptions import unreadable
from maskwright.core.errors import FieldProblem, Invalid

Made = TypeVar("Made")
_BAD = (serializers.ValidationError, DjangoValidationError)


def save(service: Callable[..., Made], serializer: type[serializers.Serializer[Any]], data: Any, **more: Any) -> Made:
    """`service(**more, **body)`.

    Where a field cannot be read (a word for a number), the service is asked with the others all the same, in a
    transaction that is undone: what it says of them is listed beside what could not be read. Raises Invalid.
    """
    wanted = serializer(data=data)
    try:
        given = wanted.run_validation(data)
    except serializers.ValidationError as error:
        problems = unreadable(error)
    else:
        return service(**more, **given)
    raise Invalid(
        _("The request has fields that cannot be used; each is listed with what to do."),
        fields=(*problems, *_others(problems, lambda: service(**more, **readable(wanted, data)))),
    )


def readable(serializer: serializers.Serializer[Any], data: Any) -> dict[str, Any]:
    """The fields of a body that can be read. One that must be there and cannot has the empty value of its kind."""
    found: dict[str, Any] = {}
    for name, field in serializer.fields.items():
        if field.read_only:
            continue
        given = data.get(name, serializers.empty) if isinstance(data, Mapping) else serializers.empty
        try:
            found[name] = field.run_validation(given)
        except SkipField:
            continue
        except _BAD:
            if isinstance(field, serializers.ListSerializer):
                found[name] = _readable_items(field, given)
            elif field.required:
                found[name] = "" if isinstance(field, serializers.CharField) else None
            elif field.default is not serializers.empty:
                found[name] = field.get_default()
    return found


def _readable_items(field: "serializers.ListSerializer[Any]", given: Any) -> list[dict[str, Any]]:
    child = field.child
    if not isinstance(given, list) or not isinstance(child, serializers.Serializer):
        return []
    return [readable(child, item) for item in given]


def _others(told: list[FieldProblem], ask: Callable[[], Any]) -> list[FieldProblem]:
    """What the service finds in the fields that nothing was told of yet."""
    try:
        with transaction.atomic():
            ask()
            transaction.set_rollback(True)
    except Invalid as error:
        return [one for one in error.fields if not any(_covers(known.path, one.path) for known in told)]
    return []


def _covers(known: str, path: str) -> bool:
    return known == "body" or path == known or path.startswith(f"{known}.")
