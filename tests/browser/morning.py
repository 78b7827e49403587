"""What has happened before the operator comes in: orders in every state, a claim, a newcomer, a photo and an attack."""

from __future__ import annotations

from sqlalchemy import select

from core.actor import SYSTEM
from core.catalog.models import Product
from core.credit.models import PaymentClaim
from core.messaging.models import Conversation
from core.orders.models import Order
from core.parties import service as parties
from core.parties.models import ChannelAddress, Membership, Vendor
from core.routing.models import Offer, OfferStatus, RoutingRound
from tests.bot.stage import Stage, address_of
from tests.market import _here

ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
_PHOTO = {"Body": "", "NumMedia": "1", "MediaUrl0": "https://media.invalid/note.png", "MessageType": "image"}


def trade(stage: Stage) -> dict[str, int]:
    """Play the morning; the ids of what the tests look at."""
    stage.write("asha", "2 carton wai wai chicken, 10 kg chini")
    stage.tap("asha", 1)
    delivered = _newest_order(stage)
    _deliver(stage, delivered)
    stage.write("asha", "800 esewa ma tiryo ref 5KD92")
    stage.write("asha", "5 carton wai wai chicken")
    stage.tap("asha", 1)
    waits = _newest_order(stage)
    stage.post("asha", **_PHOTO, MediaContentType0="image/png")
    stage.write("ramesh", f"manche chahiyo {ATTACK}")
    with stage.database.transaction() as session:
        newcomer, attacker = (
            parties.create_retailer(
                session,
                parties.RetailerFacts(shop_name=name, address=_here()),
                actor=SYSTEM,
                now=stage.now,
            ).id
            for name in ("Sita Kirana", ATTACK)
        )
    stage.catch_up()
    stage.follow()
    with stage.database.transaction() as session:
        asha = session.scalars(
            select(Membership)
            .join(ChannelAddress, ChannelAddress.contact_id == Membership.contact_id)
            .where(ChannelAddress.address == address_of("asha"))
        ).one()
        chat = session.scalars(select(Conversation).where(Conversation.contact_id == asha.contact_id)).one()
        return {
            "delivered": delivered,
            "waits": waits,
            "shop": asha.retailer_id or 0,
            "chat": chat.id,
            "newcomer": newcomer,
            "attacker": attacker,
            "vendor": session.scalars(select(Vendor.id).order_by(Vendor.id)).first() or 0,
            "claim": session.scalars(select(PaymentClaim.id)).first() or 0,
            "round": session.scalars(select(RoutingRound.id).where(RoutingRound.order_id == waits)).first()
            or 0,
            "product": session.scalars(select(Product.id).order_by(Product.id)).first() or 0,
        }


def _newest_order(stage: Stage) -> int:
    with stage.database.transaction() as session:
        return (
            session.scalars(
                select(Order.id).where(Order.placed_at.is_not(None)).order_by(Order.id.desc())
            ).first()
            or 0
        )


def _deliver(stage: Stage, order_id: int) -> None:
    """The vendor who was asked says yes, sends the goods, and types the shop's code."""
    vendors = {1: "hari", 2: "gita", 3: "sunil", 4: "kamala"}
    with stage.database.transaction() as session:
        open_offer = select(Offer.vendor_id).where(
            Offer.order_id == order_id, Offer.status == OfferStatus.OPEN
        )
        vendor = vendors[session.scalars(open_offer).one()]
    stage.tap(vendor, 1)
    stage.write(vendor, "dispatch 1001")
    stage.write(vendor, stage.delivery_codes()[-1])
