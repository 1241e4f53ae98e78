"""One table of operations: what each may do, which rules hold besides the model's, and who answers it."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from labeling.sagemaker.constraints import Violation
from maskwright.organizations.actor import Actor
from maskwright.organizations.permissions import Permission

Request = dict[str, Any]
#: A rule sees a request whose members have the right types, but that may break any constraint.
Rule = Callable[[Request], Iterator[Violation]]


@dataclass(frozen=True)
class Call:
    """A request that was signed, allowed and checked. `account`: the organization's 12 digits."""

    operation: str
    request: Request
    actor: Actor
    account: str
    request_id: str = ""

    @property
    def organization_id(self) -> uuid.UUID:
        return self.actor.organization_id


Answer = dict[str, Any] | None
Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Operation:
    """`writes`: it is done once, however often the same request arrives."""

    name: str
    handler: Handler
    permission: Permission
    writes: bool = False
    rules: Sequence[Rule] = field(default=())


_operations: dict[str, Operation] = {}


def operation(
    permission: Permission, *, writes: bool = False, rules: Sequence[Rule] = ()
) -> Callable[[Handler], Handler]:
    """Register a handler; `create_labeling_job` answers CreateLabelingJob."""

    def register(handler: Handler) -> Handler:
        name = "".join(part.capitalize() for part in handler.__name__.split("_"))
        _operations[name] = Operation(name, handler, permission, writes, tuple(rules))
        return handler

    return register


def find_operation(name: str) -> Operation | None:
    # Imported here, since each operation registers itself with this module.
    import labeling.sagemaker.operations  # noqa: F401  # fills the table

    return _operations.get(name)


def operation_names() -> list[str]:
    find_operation("")
    return sorted(_operations)
