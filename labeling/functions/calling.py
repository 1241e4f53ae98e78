"""Call what stands behind an ARN. Never inside an organization's scope: an answer may take minutes."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from django.utils.translation import gettext_noop

from labeling.functions.entry_points import FunctionProcess
from labeling.functions.errors import FunctionRefused, FunctionUnavailable
from labeling.models import LabelingFunction
from labeling.models.function import FunctionKind
from maskwright.core.crypto import decrypt_json
from maskwright.core.errors import DomainError
from maskwright.core.webhooks import WebhookFailed, WebhookRefused, call_signed
from maskwright.core.wording import in_stored_language

PURPOSE = "labeling function"
MOST_REQUEST, MOST_ANSWER = 6 << 20, 6 << 20  # bytes; as Lambda limits them


@dataclass(frozen=True)
class Target:
    """What a call needs to know of a function, read from its row inside a scope."""

    kind: str
    target: str
    secret: str
    timeout: float


def target_of(function: LabelingFunction) -> Target:
    """Raises SecretUnreadable."""
    secret = ""
    if function.kind == FunctionKind.WEBHOOK:
        secret = str(decrypt_json(bytes(function.secret), purpose=PURPOSE)["secret"])
    return Target(function.kind, function.target, secret, float(function.timeout_seconds))


class Caller:
    """Calls one function again and again; a context manager, for one thread at a time."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._stack = ExitStack()
        self._process: FunctionProcess | None = None

    def __enter__(self) -> "Caller":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def call(self, event: Any, *, key: str) -> Any:
        """The answer, as JSON. `key` is the same whenever the same is asked. Raises FunctionError."""
        with in_stored_language():
            if self._target.kind == FunctionKind.WEBHOOK:
                return self._post(event, key)
            if self._process is None:
                process = FunctionProcess(self._target.target, timeout=self._target.timeout, max_bytes=MOST_ANSWER)
                self._process = self._stack.enter_context(process)
            return self._process.call(event)

    def _post(self, event: Any, key: str) -> Any:
        body = json.dumps(event, ensure_ascii=False).encode()
        if len(body) > MOST_REQUEST:
            raise FunctionRefused(gettext_noop("What the function would be asked has more than 6 MB."))
        try:
            answer = call_signed(
                self._target.target,
                self._target.secret,
                body,
                delivery=key,
                timeout=self._target.timeout,
                max_bytes=MOST_ANSWER,
            )
        except WebhookRefused as error:
            raise FunctionRefused(str(error)) from error
        except WebhookFailed as error:
            raise FunctionUnavailable(str(error)) from error
        except DomainError as error:  # the address leads elsewhere now; tomorrow it may not
            raise FunctionUnavailable(error.message) from error
        try:
            return json.loads(answer)
        except ValueError:
            raise FunctionRefused(gettext_noop("The function's answer is no JSON.")) from None
