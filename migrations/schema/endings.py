"""What an order may leave behind when it has ended: nothing. And what is promised is reserved, no more and no less.

The triggers are deferred: they look when the transaction commits, at all that it did. Whoever changes an order, its
parts, its offers or its holds has locked the order, and whoever moves reserved goods has locked their stock, so that no
other transaction can come between.
"""

from __future__ import annotations

_LOOKS_AT_THE_ORDER = "FOR EACH ROW EXECUTE FUNCTION ended_orders_leave_nothing_open()"

STATEMENTS: tuple[str, ...] = (
    """
    CREATE FUNCTION ended_orders_leave_nothing_open() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        this_order bigint := CASE TG_TABLE_NAME
            WHEN 'orders' THEN NEW.id ELSE (to_jsonb(NEW)->>'order_id')::bigint END;
        left_open text;
    BEGIN
        IF EXISTS (
            SELECT 1 FROM orders
            WHERE id = this_order AND status IN ('delivered', 'completed', 'canceled', 'unfulfilled')
        ) THEN
            SELECT string_agg(kind, ', ') INTO left_open FROM (
                SELECT 'hold' AS kind FROM credit_holds WHERE order_id = this_order AND status = 'open'
                UNION ALL
                SELECT 'offer' FROM offers WHERE order_id = this_order AND status = 'open'
                UNION ALL
                SELECT 'part' FROM fulfillments
                    WHERE order_id = this_order AND status IN ('accepted', 'dispatched')
            ) AS found;
            IF left_open IS NOT NULL THEN
                RAISE EXCEPTION 'order % has ended and leaves open: %', this_order, left_open
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_leave_nothing_open';
            END IF;
        END IF;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE CONSTRAINT TRIGGER orders_leave_nothing_open AFTER INSERT OR UPDATE OF status ON orders
        DEFERRABLE INITIALLY DEFERRED {_LOOKS_AT_THE_ORDER}
    """,
    f"""
    CREATE CONSTRAINT TRIGGER credit_holds_end_with_their_order AFTER INSERT OR UPDATE OF status ON credit_holds
        DEFERRABLE INITIALLY DEFERRED {_LOOKS_AT_THE_ORDER}
    """,
    f"""
    CREATE CONSTRAINT TRIGGER offers_end_with_their_order AFTER INSERT OR UPDATE OF status ON offers
        DEFERRABLE INITIALLY DEFERRED {_LOOKS_AT_THE_ORDER}
    """,
    f"""
    CREATE CONSTRAINT TRIGGER fulfillments_end_with_their_order AFTER INSERT OR UPDATE OF status ON fulfillments
        DEFERRABLE INITIALLY DEFERRED {_LOOKS_AT_THE_ORDER}
    """,
    """
    CREATE FUNCTION promised_goods_are_reserved() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        listing bigint;
    BEGIN
        SELECT own.listing_id INTO listing
        FROM fulfillment_lines own JOIN stock ON stock.listing_id = own.listing_id
        WHERE own.fulfillment_id = NEW.id AND stock.reserved <> (
            SELECT coalesce(sum(every.quantity), 0)
            FROM fulfillments part JOIN fulfillment_lines every ON every.fulfillment_id = part.id
            WHERE part.vendor_id = NEW.vendor_id AND part.status = 'accepted'
                AND every.listing_id = own.listing_id
        )
        LIMIT 1;
        IF listing IS NOT NULL THEN
            RAISE EXCEPTION 'listing % has not reserved what its vendor promised', listing
                USING ERRCODE = 'check_violation', CONSTRAINT = 'fulfillments_reserve_their_goods';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER fulfillments_reserve_their_goods AFTER INSERT OR UPDATE OF status ON fulfillments
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION promised_goods_are_reserved()
    """,
)
