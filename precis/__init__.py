"""The other end: a typed client and the shell command `precis`; they need nothing but Python."""

from precis.client import Address, Client, Document, Event, Problem, Unreachable

__all__ = ["Address", "Client", "Document", "Event", "Problem", "Unreachable"]
