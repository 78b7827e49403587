"""The whole schema. Nothing is deployed yet, so it is changed in place: see migrations/schema/."""

from __future__ import annotations

from alembic import op

from migrations.schema import STATEMENTS, undo

revision = "0f6d2b8c41a9"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in undo():
        op.execute(statement)
