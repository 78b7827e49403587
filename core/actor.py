"""Whoever causes a change: stored with every transition, posting and audit row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.refs import ContactId, RetailerId, UserId, VendorId


class ActorKind(StrEnum):
    RETAILER = "retailer"
    VENDOR = "vendor"
    ADMIN = "admin"
    SYSTEM = "system"


class Via(StrEnum):
    """The channel through which the actor acts."""

    WHATSAPP = "whatsapp"
    API = "api"
    PANEL = "panel"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    kind: ActorKind
    via: Via
    contact_id: ContactId | None = None
    user_id: UserId | None = None
    retailer_id: RetailerId | None = None
    vendor_id: VendorId | None = None

    @property
    def label(self) -> str:
        """A short stable name for rows and logs: kind and the id of the person, never a phone."""
        who = self.contact_id or self.user_id
        return f"{self.kind}:{who}" if who else str(self.kind)


def kind_of(label: str) -> ActorKind:
    """The kind of whoever has this label."""
    return ActorKind(label.partition(":")[0])


SYSTEM = Actor(kind=ActorKind.SYSTEM, via=Via.JOB)
