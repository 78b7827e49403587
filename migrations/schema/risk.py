"""Scores, what risk control did by itself, and festivals."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE credit_scores (
        id bigserial CONSTRAINT pk_credit_scores PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_credit_scores_retailer_id REFERENCES retailers (id),
        score bigint NOT NULL,
        tier varchar(40) NOT NULL
            CONSTRAINT ck_credit_scores_credit_tier CHECK (tier IN (
                'excellent', 'good', 'fair', 'poor', 'very_poor'
            )),
        parts jsonb NOT NULL,
        reasons jsonb NOT NULL,
        raises jsonb NOT NULL,
        settings_version bigint NOT NULL,
        calculated_at timestamptz NOT NULL,
        CONSTRAINT ck_credit_scores_score_within_its_ends CHECK (score BETWEEN 300 AND 900)
    )
    """,
    "CREATE INDEX ix_credit_scores_retailer_id_id ON credit_scores (retailer_id, id)",
    *append_only("credit_scores"),
    """
    CREATE TABLE risk_scores (
        id bigserial CONSTRAINT pk_risk_scores PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_risk_scores_retailer_id REFERENCES retailers (id),
        score numeric(5, 2) NOT NULL,
        level varchar(40) NOT NULL
            CONSTRAINT ck_risk_scores_risk_level CHECK (level IN ('critical', 'high', 'medium', 'low')),
        parts jsonb NOT NULL,
        settings_versions jsonb NOT NULL,
        calculated_at timestamptz NOT NULL,
        CONSTRAINT ck_risk_scores_score_within_its_ends CHECK (score BETWEEN 0 AND 100)
    )
    """,
    "CREATE INDEX ix_risk_scores_retailer_id_id ON risk_scores (retailer_id, id)",
    "CREATE INDEX ix_risk_scores_calculated_at ON risk_scores (calculated_at)",
    *append_only("risk_scores"),
    """
    CREATE TABLE risk_actions (
        id bigserial CONSTRAINT pk_risk_actions PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_risk_actions_retailer_id REFERENCES retailers (id),
        kind varchar(40) NOT NULL
            CONSTRAINT ck_risk_actions_action_kind CHECK (kind IN (
                'limit_cut', 'limit_restored', 'credit_blocked', 'overdue_warned'
            )),
        cause text NOT NULL,
        rule text NOT NULL,
        settings_version bigint NOT NULL,
        before_minor bigint,
        after_minor bigint,
        facts jsonb NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_by text,
        end_reason text,
        CONSTRAINT ck_risk_actions_limit_has_amounts CHECK (
            (kind IN ('limit_cut', 'limit_restored')) = (before_minor IS NOT NULL AND after_minor IS NOT NULL)
        ),
        CONSTRAINT ck_risk_actions_ended_by_somebody CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
        CONSTRAINT uq_risk_actions_retailer_id_cause UNIQUE (retailer_id, cause)
    )
    """,
    "CREATE INDEX ix_risk_actions_standing ON risk_actions (retailer_id, kind) WHERE ended_at IS NULL",
    """
    CREATE UNIQUE INDEX uq_risk_actions_blocked_once ON risk_actions (retailer_id)
        WHERE kind = 'credit_blocked' AND ended_at IS NULL
    """,
    """
    CREATE TABLE festivals (
        id bigserial CONSTRAINT pk_festivals PRIMARY KEY,
        name text NOT NULL,
        bs_year bigint NOT NULL,
        first_day date NOT NULL,
        last_day date NOT NULL,
        CONSTRAINT ck_festivals_days_in_order CHECK (first_day <= last_day),
        CONSTRAINT uq_festivals_name_bs_year UNIQUE (name, bs_year)
    )
    """,
    """
    CREATE TABLE payment_promises (
        id bigserial CONSTRAINT pk_payment_promises PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_payment_promises_retailer_id REFERENCES retailers (id),
        promised_on date NOT NULL,
        quiet_until date NOT NULL,
        amount_minor bigint,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT ck_payment_promises_amount_is_positive CHECK (amount_minor > 0),
        CONSTRAINT ck_payment_promises_quiet_no_longer_than_promised CHECK (quiet_until <= promised_on)
    )
    """,
    "CREATE INDEX ix_payment_promises_retailer_id_quiet_until ON payment_promises (retailer_id, quiet_until)",
    *append_only("payment_promises"),
    """
    CREATE TABLE payment_reminders (
        id bigserial CONSTRAINT pk_payment_reminders PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_payment_reminders_retailer_id REFERENCES retailers (id),
        on_date date NOT NULL,
        late_minor bigint NOT NULL,
        oldest_days_late bigint NOT NULL,
        due_today_minor bigint NOT NULL,
        due_tomorrow_minor bigint NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT uq_payment_reminders_retailer_id_on_date UNIQUE (retailer_id, on_date)
    )
    """,
    *append_only("payment_reminders"),
    # The calendar as published; an admin puts right what the astrologers move, and adds the years to come.
    """
    INSERT INTO festivals (name, bs_year, first_day, last_day) VALUES
        ('Dashain', 2081, '2024-10-03', '2024-10-17'),
        ('Tihar', 2081, '2024-10-30', '2024-11-03'),
        ('Dashain', 2082, '2025-09-22', '2025-10-07'),
        ('Tihar', 2082, '2025-10-18', '2025-10-23'),
        ('Dashain', 2083, '2026-10-11', '2026-10-26'),
        ('Tihar', 2083, '2026-11-07', '2026-11-11'),
        ('Dashain', 2084, '2027-09-30', '2027-10-15'),
        ('Tihar', 2084, '2027-10-27', '2027-11-01')
    """,
    """
    CREATE TABLE risk_appeals (
        id bigserial CONSTRAINT pk_risk_appeals PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_risk_appeals_retailer_id REFERENCES retailers (id),
        words text NOT NULL,
        score bigint,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        answer text,
        answered_at timestamptz,
        answered_by text,
        CONSTRAINT ck_risk_appeals_answered_by_somebody CHECK (
            (answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL)
        )
    )
    """,
    "CREATE UNIQUE INDEX uq_risk_appeals_one_open ON risk_appeals (retailer_id) WHERE answered_at IS NULL",
    "CREATE INDEX ix_risk_appeals_retailer_id_id ON risk_appeals (retailer_id, id)",
)
