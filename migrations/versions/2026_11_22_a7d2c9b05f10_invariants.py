"""Invariants that the database keeps by itself: append-only books, balanced postings, limits, life cycles."""

from __future__ import annotations

from alembic import op

revision = "a7d2c9b05f10"
down_revision = "e1c00ced4807"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "postings",
    "entries",
    "invoices",
    "invoice_lines",
    "hold_movements",
    "payment_applications",
    "stock_movements",
    "price_changes",
    "order_transitions",
    "fulfillment_transitions",
    "vendor_observations",
    "routing_rounds",
    "routing_candidates",
    "setting_versions",
    "audit_entries",
    "events",
    "refusals",
)

ORDER_MOVES = """
    ('draft','placed'), ('draft','canceled'),
    ('placed','offered'), ('placed','accepted'), ('placed','unfulfilled'), ('placed','canceled'),
    ('offered','accepted'), ('offered','placed'), ('offered','unfulfilled'), ('offered','canceled'),
    ('accepted','dispatched'), ('accepted','offered'), ('accepted','placed'), ('accepted','canceled'),
    ('dispatched','delivered'), ('dispatched','canceled'),
    ('delivered','completed')
"""

FULFILLMENT_MOVES = """
    ('accepted','dispatched'), ('accepted','withdrawn'), ('accepted','canceled'),
    ('dispatched','delivered'), ('dispatched','returned'), ('dispatched','canceled')
"""


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )

    op.execute(
        """
        CREATE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            this_posting bigint := CASE TG_TABLE_NAME WHEN 'postings' THEN NEW.id ELSE (to_jsonb(NEW)->>'posting_id')::bigint END;
            entry_sum numeric;
            entry_count bigint;
        BEGIN
            SELECT coalesce(sum(amount_minor), 0), count(*) INTO entry_sum, entry_count
            FROM entries WHERE posting_id = this_posting;
            IF entry_sum <> 0 OR entry_count < 2 THEN
                RAISE EXCEPTION 'posting % has % entries that sum to %', this_posting, entry_count, entry_sum
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balance';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for table in ("postings", "entries"):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_balance AFTER INSERT ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances()"
        )

    op.execute(
        """
        CREATE FUNCTION exposure_within_limit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- Only new holds are refused: a lowered limit or a bounced cheque may leave the exposure above it.
            IF NEW.held_minor > OLD.held_minor AND NEW.posted_minor + NEW.held_minor > NEW.limit_minor THEN
                RAISE EXCEPTION 'exposure of credit account % would pass its limit', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_accounts_exposure_within_limit';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER credit_accounts_exposure_within_limit BEFORE UPDATE ON credit_accounts "
        "FOR EACH ROW EXECUTE FUNCTION exposure_within_limit()"
    )

    for table, moves in (("orders", ORDER_MOVES), ("fulfillments", FULFILLMENT_MOVES)):
        op.execute(
            f"""
            CREATE FUNCTION {table}_follow_life_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({moves}) THEN
                    RAISE EXCEPTION '{table} % cannot go from % to %', NEW.id, OLD.status, NEW.status
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_follow_life_cycle';
                END IF;
                RETURN NEW;
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER {table}_follow_life_cycle BEFORE UPDATE OF status ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_follow_life_cycle()"
        )


def downgrade() -> None:
    for table in ("orders", "fulfillments"):
        op.execute(f"DROP TRIGGER {table}_follow_life_cycle ON {table}")
        op.execute(f"DROP FUNCTION {table}_follow_life_cycle()")
    op.execute("DROP TRIGGER credit_accounts_exposure_within_limit ON credit_accounts")
    op.execute("DROP FUNCTION exposure_within_limit()")
    for table in ("postings", "entries"):
        op.execute(f"DROP TRIGGER {table}_balance ON {table}")
    op.execute("DROP FUNCTION posting_balances()")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_never_truncated ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
