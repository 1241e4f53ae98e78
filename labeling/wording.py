"""Sentences of the pure packages, which know no Django.

`gettext_noop` marks a sentence for the message catalogue and answers it unchanged. Whoever shows the sentence to a
person calls `maskwright.core.wording.reword`.
"""


def gettext_noop(message: str) -> str:
    return message
