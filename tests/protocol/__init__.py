"""The task protocol under random pairs of operations on two connections: its invariants, on the history of the rows."""
