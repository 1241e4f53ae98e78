"""Pre-annotation and annotation-consolidation functions: their requests and answers, and how they are called.

`protocol` is what Ground Truth documents, without Django. `calling` reaches whatever stands behind an ARN: a webhook,
or an installed Python function, which runs in a child process. `docs/functions.md` is the page for their authors.
"""
