"""Jobs, their runs and the timetable's due times."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE jobs (
        id bigserial CONSTRAINT pk_jobs PRIMARY KEY,
        queue varchar(40) NOT NULL
            CONSTRAINT ck_jobs_queue CHECK (queue IN (
                'whatsapp', 'credit-score', 'order-routing', 'payment-reminders', 'report-generation',
                'order-processing'
            )),
        kind text NOT NULL,
        arguments jsonb NOT NULL,
        dedup_key text,
        status varchar(40) NOT NULL
            CONSTRAINT ck_jobs_job_status CHECK (status IN ('pending', 'running', 'done', 'failed')),
        attempts bigint NOT NULL,
        due_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        claimed_at timestamptz,
        claimed_by text,
        finished_at timestamptz,
        error text,
        event_id bigint CONSTRAINT fk_jobs_event_id REFERENCES events (id),
        trace text,
        CONSTRAINT ck_jobs_claimed_while_running CHECK ((status = 'running') = (claimed_at IS NOT NULL))
    )
    """,
    "CREATE INDEX ix_jobs_due ON jobs (queue, due_at, id) WHERE status = 'pending'",
    "CREATE INDEX ix_jobs_queue_status_id ON jobs (queue, status, id)",
    "CREATE INDEX ix_jobs_running ON jobs (claimed_at) WHERE status = 'running'",
    "CREATE UNIQUE INDEX uq_jobs_dedup_key_pending ON jobs (kind, dedup_key) WHERE status = 'pending'",
    """
    CREATE TABLE job_runs (
        id bigserial CONSTRAINT pk_job_runs PRIMARY KEY,
        job_id bigint NOT NULL,
        attempt bigint NOT NULL,
        worker text NOT NULL,
        started_at timestamptz NOT NULL,
        finished_at timestamptz,
        error text,
        CONSTRAINT fk_job_runs_job_id
            FOREIGN KEY (job_id)
            REFERENCES jobs (id) ON DELETE CASCADE,
        CONSTRAINT uq_job_runs_job_id_attempt UNIQUE (job_id, attempt)
    )
    """,
    "CREATE INDEX ix_job_runs_finished_at ON job_runs USING brin (finished_at)",
    """
    CREATE TABLE queue_pauses (
        queue varchar(40) CONSTRAINT pk_queue_pauses PRIMARY KEY
            CONSTRAINT ck_queue_pauses_queue CHECK (queue IN (
                'whatsapp', 'credit-score', 'order-routing', 'payment-reminders', 'report-generation',
                'order-processing'
            )),
        paused_at timestamptz NOT NULL,
        paused_by text NOT NULL,
        reason text NOT NULL
    )
    """,
    """
    CREATE TABLE schedule_runs (
        id bigserial CONSTRAINT pk_schedule_runs PRIMARY KEY,
        name text NOT NULL,
        due_at timestamptz NOT NULL,
        job_id bigint,
        requested_by text NOT NULL,
        CONSTRAINT fk_schedule_runs_job_id
            FOREIGN KEY (job_id)
            REFERENCES jobs (id) ON DELETE SET NULL,
        CONSTRAINT uq_schedule_runs_name_due_at UNIQUE (name, due_at)
    )
    """,
)
