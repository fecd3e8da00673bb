"""The other end: a typed client and the shell command `precis`; they need nothing but Python."""

from precis.client import Client, Document, Event, Problem, Unreachable

__all__ = ["Client", "Document", "Event", "Problem", "Unreachable"]
