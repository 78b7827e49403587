"""Who may see what belongs to one retailer and one vendor."""

from __future__ import annotations

from core.actor import Actor, ActorKind


def is_party(actor: Actor, retailer_id: int, vendor_id: int | None) -> bool:
    """Whether the actor is the retailer or the vendor of a document, an admin or the system."""
    match actor.kind:
        case ActorKind.ADMIN | ActorKind.SYSTEM:
            return True
        case ActorKind.RETAILER:
            return actor.retailer_id == retailer_id
        case ActorKind.VENDOR:
            return vendor_id is not None and actor.vendor_id == vendor_id
