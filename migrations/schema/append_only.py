"""Books are only ever added to: their rows cannot be changed, deleted or truncated, not even by our own code."""

from __future__ import annotations

FUNCTION = """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
    END $$
    """


def append_only(table: str) -> tuple[str, str]:
    """The triggers that make *table* append-only."""
    return (
        f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
        f"""
    CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    )
