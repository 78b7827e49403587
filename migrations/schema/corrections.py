"""Write-offs and discounts that wait for a second admin."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE correction_requests (
        id bigserial CONSTRAINT pk_correction_requests PRIMARY KEY,
        kind varchar(40) NOT NULL
            CONSTRAINT ck_correction_requests_correction_kind CHECK (kind IN ('write_off', 'discount')),
        retailer_id bigint NOT NULL CONSTRAINT fk_correction_requests_retailer_id REFERENCES retailers (id),
        invoice_id bigint CONSTRAINT fk_correction_requests_invoice_id REFERENCES invoices (id),
        amount_minor bigint NOT NULL,
        reason text NOT NULL,
        status varchar(40) NOT NULL
            CONSTRAINT ck_correction_requests_correction_status CHECK (status IN ('open', 'approved', 'refused')),
        asked_by_id bigint NOT NULL CONSTRAINT fk_correction_requests_asked_by_id REFERENCES users (id),
        asked_at timestamptz NOT NULL,
        answered_by_id bigint CONSTRAINT fk_correction_requests_answered_by_id REFERENCES users (id),
        answered_at timestamptz,
        refuse_reason text,
        posting_id bigint CONSTRAINT uq_correction_requests_posting_id UNIQUE
            CONSTRAINT fk_correction_requests_posting_id REFERENCES postings (id),
        idempotency_key text NOT NULL CONSTRAINT uq_correction_requests_idempotency_key UNIQUE,
        CONSTRAINT ck_correction_requests_amount_is_positive CHECK (amount_minor > 0),
        CONSTRAINT ck_correction_requests_write_off_has_invoice CHECK (
            (kind = 'write_off') = (invoice_id IS NOT NULL)
        ),
        CONSTRAINT ck_correction_requests_answered_by_somebody CHECK (
            (status = 'open') = (answered_by_id IS NULL) AND (status = 'open') = (answered_at IS NULL)
        ),
        CONSTRAINT ck_correction_requests_approved_is_posted CHECK (
            (status = 'approved') = (posting_id IS NOT NULL)
        ),
        CONSTRAINT ck_correction_requests_four_eyes CHECK (
            status <> 'approved' OR answered_by_id <> asked_by_id
        )
    )
    """,
    "CREATE INDEX ix_correction_requests_open ON correction_requests (id) WHERE status = 'open'",
    "CREATE INDEX ix_correction_requests_retailer_id_id ON correction_requests (retailer_id, id)",
)
