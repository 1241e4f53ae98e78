"""Why a mask was refused, in a form that an API can show to a person."""

from __future__ import annotations

from typing import Literal

MaskErrorCode = Literal[
    "not_png",
    "too_large",
    "truncated",
    "wrong_mode",
    "wrong_size",
    "bomb",
    "unknown_index",
]


class MaskError(Exception):
    """A mask that cannot be used.

    `code` is for programs, `message` says what is wrong, `hint` says what to do; `str()` is both sentences.
    `others` are further faults of the same mask, `all` it and them.
    """

    def __init__(self, code: MaskErrorCode, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.code: MaskErrorCode = code
        self.message = message
        self.hint = hint
        self.others: tuple[MaskError, ...] = ()

    @property
    def all(self) -> tuple[MaskError, ...]:
        return (self, *self.others)


class PaletteError(ValueError):
    """A colour or an index that cannot stand in a palette; `str()` says which and what to do."""
