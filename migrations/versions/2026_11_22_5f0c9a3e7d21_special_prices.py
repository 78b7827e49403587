"""Tier prices and price lists of single shops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5f0c9a3e7d21"
down_revision = "91d4c7e2b6f8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Lets an exclusion constraint compare ids by "=". PostgreSQL trusts it: the owner of the database may create it.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "price_tiers",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_quantity > 0", name=op.f("ck_price_tiers_starts_above_nothing")),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_price_tiers_price_is_positive")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_price_tiers_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_tiers")),
        sa.UniqueConstraint(
            "listing_id", "from_quantity", name=op.f("uq_price_tiers_listing_id_from_quantity")
        ),
    )
    op.create_table(
        "price_lists",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("vendor_id", sa.BigInteger(), nullable=False),
        sa.Column("retailer_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during)", name=op.f("ck_price_lists_has_a_first_day")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_price_lists_vendor_id")),
        sa.ForeignKeyConstraint(["retailer_id"], ["retailers.id"], name=op.f("fk_price_lists_retailer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_lists")),
        sa.UniqueConstraint("id", "retailer_id", "during", name=op.f("uq_price_lists_id_retailer_id_during")),
    )
    op.create_index(op.f("ix_price_lists_vendor_id"), "price_lists", ["vendor_id"])
    op.create_index(op.f("ix_price_lists_retailer_id"), "price_lists", ["retailer_id"])
    op.create_table(
        "price_list_lines",
        sa.Column("price_list_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("retailer_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_price_list_lines_price_is_positive")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_price_list_lines_listing_id")),
        sa.ForeignKeyConstraint(
            ["price_list_id", "retailer_id", "during"],
            ["price_lists.id", "price_lists.retailer_id", "price_lists.during"],
            name=op.f("fk_price_list_lines_price_list_id_retailer_id_during"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("price_list_id", "listing_id", name=op.f("pk_price_list_lines")),
        postgresql.ExcludeConstraint(
            (sa.column("retailer_id"), "="),
            (sa.column("listing_id"), "="),
            (sa.column("during"), "&&"),
            name="ex_price_list_lines_overlap",
        ),
    )
    op.create_index(op.f("ix_price_list_lines_listing_id"), "price_list_lines", ["listing_id"])
    op.create_table(
        "special_price_changes",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", sa.Numeric(12, 3), nullable=True),
        sa.Column("retailer_id", sa.BigInteger(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=True),
        sa.Column("old_minor", sa.BigInteger(), nullable=True),
        sa.Column("new_minor", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(from_quantity IS NULL) <> (retailer_id IS NULL) AND (retailer_id IS NULL) = (during IS NULL)",
            name=op.f("ck_special_price_changes_tier_or_own_price"),
        ),
        sa.CheckConstraint(
            "old_minor IS DISTINCT FROM new_minor", name=op.f("ck_special_price_changes_something_changed")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_special_price_changes_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["retailer_id"], ["retailers.id"], name=op.f("fk_special_price_changes_retailer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_price_changes")),
    )
    op.create_index(
        op.f("ix_special_price_changes_listing_id_id"), "special_price_changes", ["listing_id", "id"]
    )
    op.execute(
        "CREATE TRIGGER special_price_changes_append_only BEFORE UPDATE OR DELETE ON special_price_changes "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER special_price_changes_never_truncated BEFORE TRUNCATE ON special_price_changes "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("special_price_changes")
    op.drop_table("price_list_lines")
    op.drop_table("price_lists")
    op.drop_table("price_tiers")
    op.execute("DROP EXTENSION btree_gist")
