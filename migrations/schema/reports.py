"""Reports that are written in the background, and the pieces of their files."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE report_files (
        id bigserial CONSTRAINT pk_report_files PRIMARY KEY,
        kind varchar(40) NOT NULL
            CONSTRAINT ck_report_files_report_kind CHECK (kind IN (
                'credit-summary', 'purchase-volume', 'payment-discipline', 'outstanding-liability'
            )),
        format varchar(40) NOT NULL
            CONSTRAINT ck_report_files_report_format CHECK (format IN ('json', 'csv', 'xlsx', 'pdf')),
        asked jsonb NOT NULL,
        status varchar(40) NOT NULL
            CONSTRAINT ck_report_files_report_status CHECK (status IN ('waiting', 'writing', 'ready', 'failed')),
        rows_written bigint NOT NULL,
        size_bytes bigint,
        error text,
        asked_by_id bigint NOT NULL CONSTRAINT fk_report_files_asked_by_id REFERENCES users (id),
        asked_at timestamptz NOT NULL,
        finished_at timestamptz,
        expires_at timestamptz NOT NULL,
        CONSTRAINT ck_report_files_ready_has_size CHECK ((status = 'ready') = (size_bytes IS NOT NULL)),
        CONSTRAINT ck_report_files_failed_says_why CHECK (status <> 'failed' OR error IS NOT NULL)
    )
    """,
    "CREATE INDEX ix_report_files_expires_at ON report_files (expires_at)",
    """
    CREATE TABLE report_parts (
        report_id bigint CONSTRAINT fk_report_parts_report_id REFERENCES report_files (id) ON DELETE CASCADE,
        place bigint,
        content bytea NOT NULL,
        CONSTRAINT pk_report_parts PRIMARY KEY (report_id, place)
    )
    """,
)
