"""Does a finished output tree hold what its format promises? Ours, or one that Ground Truth wrote.

Pure: a `Tree` gives keys and bytes. Memory is bounded by the largest single file, which is limited: what must be
compared across files is kept in a database on disk.
"""

from .check import Summary, check_tree
from .findings import Finding
from .tree import MANIFEST, Tree

__all__ = ["MANIFEST", "Finding", "Summary", "Tree", "check_tree"]
