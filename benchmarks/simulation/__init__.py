"""A working day of many labelers in minutes: real services and a real database, whose clock the simulation sets."""
