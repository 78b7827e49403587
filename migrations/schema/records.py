"""What happened, who did it and by which settings: read by every other area, written once."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE audit_entries (
        id bigserial CONSTRAINT pk_audit_entries PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        via text NOT NULL,
        action text NOT NULL,
        subject_kind text NOT NULL,
        subject_id bigint NOT NULL,
        before jsonb,
        after jsonb,
        reason text
    )
    """,
    "CREATE INDEX ix_audit_entries_at ON audit_entries (at)",
    "CREATE INDEX ix_audit_entries_subject_kind_subject_id_id ON audit_entries (subject_kind, subject_id, id)",
    *append_only("audit_entries"),
    """
    CREATE TABLE events (
        id bigserial CONSTRAINT pk_events PRIMARY KEY,
        name text NOT NULL,
        payload jsonb NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_events_name ON events (name)",
    *append_only("events"),
    """
    CREATE TABLE setting_versions (
        id bigserial CONSTRAINT pk_setting_versions PRIMARY KEY,
        category text NOT NULL,
        version bigint NOT NULL,
        values jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        reason text NOT NULL,
        CONSTRAINT uq_setting_versions_category_version UNIQUE (category, version)
    )
    """,
    *append_only("setting_versions"),
    """
    CREATE TABLE clock_offset (
        id bigserial CONSTRAINT pk_clock_offset PRIMARY KEY,
        ahead interval NOT NULL,
        CONSTRAINT ck_clock_offset_never_back CHECK (ahead >= interval '0'),
        CONSTRAINT ck_clock_offset_one_row CHECK (id = 1)
    )
    """,
)
