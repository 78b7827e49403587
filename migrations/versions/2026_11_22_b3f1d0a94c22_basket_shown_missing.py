"""Remember which lines a shown basket named as missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b3f1d0a94c22"
down_revision = "a7d2c9b05f10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("shown_missing", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "shown_missing")
