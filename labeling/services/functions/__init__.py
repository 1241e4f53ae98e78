"""Functions of an organization: connect them, let jobs use them, ask them about data objects."""

from labeling.services.functions.connecting import (
    NewFunction,
    find_function,
    function_detail,
    function_list,
    remove_function,
    renew_secret,
    save_function,
)
from labeling.services.functions.trying import try_function
from labeling.services.functions.using import function_problems, use_functions

__all__ = [
    "NewFunction",
    "find_function",
    "function_detail",
    "function_list",
    "function_problems",
    "remove_function",
    "renew_secret",
    "save_function",
    "try_function",
    "use_functions",
]
