"""Gold tasks in a queue: items whose answers are known, and slots of them that are made for one person.

An item of state `gold` waits for nothing and is counted nowhere; its slots carry the audience GOLD, which nobody is
of, so that a claim finds one only where it is kept for the person himself.
"""

import uuid

#: The audience of gold items and their slots.
GOLD = uuid.UUID(int=1)
#: The audience of a gold item that is given to nobody any more; who holds it may finish.
REMOVED_GOLD = uuid.UUID(int=2)

#: SQL, for a slot `s`: a place of the job's own, so that what is counted or forecast is its work alone.
OWN_SLOT = f"s.audience_id NOT IN ('{GOLD}', '{REMOVED_GOLD}')"
