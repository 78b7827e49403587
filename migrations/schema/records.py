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
    CREATE TABLE alerts (
        id bigserial CONSTRAINT pk_alerts PRIMARY KEY,
        kind varchar(40) NOT NULL
            CONSTRAINT ck_alerts_alert_kind CHECK (kind IN (
                'person_asked', 'delivery_code_exhausted', 'claim_contested', 'claim_for_admin', 'order_unfulfilled',
                'shortage_refused', 'books_differ', 'notice_undelivered', 'job_given_up', 'job_overdue',
                'price_rise', 'price_fall', 'high_risk', 'unusual_orders', 'appeal', 'deactivated_on_the_way'
            )),
        severity varchar(40) NOT NULL
            CONSTRAINT ck_alerts_severity CHECK (severity IN ('critical', 'high', 'medium', 'low')),
        subject_kind text NOT NULL,
        subject_id bigint NOT NULL,
        facts jsonb NOT NULL,
        state varchar(40) NOT NULL
            CONSTRAINT ck_alerts_alert_state CHECK (state IN ('open', 'acknowledged', 'resolved', 'expired')),
        raised_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        times bigint NOT NULL CONSTRAINT ck_alerts_times_is_positive CHECK (times >= 1),
        expires_at timestamptz,
        ended_at timestamptz,
        ended_by text,
        note text,
        CONSTRAINT ck_alerts_acknowledged_by_somebody
            CHECK ((state = 'acknowledged') = (ended_by IS NOT NULL)),
        CONSTRAINT ck_alerts_open_or_ended CHECK ((state = 'open') = (ended_at IS NULL))
    )
    """,
    "CREATE INDEX ix_alerts_expires_at ON alerts (expires_at) WHERE state = 'open'",
    "CREATE INDEX ix_alerts_subject_kind_subject_id ON alerts (subject_kind, subject_id)",
    "CREATE UNIQUE INDEX uq_alerts_open_cause ON alerts (kind, subject_kind, subject_id) WHERE state = 'open'",
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
