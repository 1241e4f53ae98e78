"""Fields of answers."""

from typing import Any

from rest_framework import serializers

from maskwright.core.wording import reword


class KeptText(serializers.CharField):
    """A stored English sentence of ours, in the reader's language (see `core.wording`)."""

    def to_representation(self, value: Any) -> str:
        return reword(super().to_representation(value))
