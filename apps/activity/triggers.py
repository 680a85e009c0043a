"""What the database itself refuses to do to the log of events."""

from apps.core.triggers import Guard

FINAL = "The log of events cannot be changed"
GUARDS = [
    # A person who is deleted is taken off their events; `acted_by` still says who it was.
    Guard("activity_auditevent", "UPDATE", FINAL, free={"actor_id": "NEW.actor_id IS NULL"}),
    Guard("activity_auditevent", "DELETE", FINAL),
]
