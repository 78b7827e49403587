"""The books: postings with their entries, invoices, payments and claims."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE postings (
        id bigserial CONSTRAINT pk_postings PRIMARY KEY,
        idempotency_key text NOT NULL CONSTRAINT uq_postings_idempotency_key UNIQUE,
        kind varchar(40) NOT NULL
            CONSTRAINT ck_postings_posting_kind CHECK (kind IN (
                'delivery', 'brought', 'payment', 'prepayment_used', 'credit_note', 'write_off', 'adjustment',
                'settlement', 'reversal'
            )),
        reverses_id bigint CONSTRAINT uq_postings_reverses_id UNIQUE
            CONSTRAINT fk_postings_reverses_id REFERENCES postings (id),
        memo jsonb NOT NULL,
        actor text NOT NULL,
        approved_by text,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_postings_at ON postings (at)",
    """
    CREATE INDEX ix_postings_credit_notes ON postings ((memo -> 'invoice_id'))
        WHERE kind = 'credit_note'
    """,
    *append_only("postings"),
    """
    CREATE TABLE invoice_counters (
        vendor_id bigint NOT NULL CONSTRAINT fk_invoice_counters_vendor_id REFERENCES vendors (id),
        fiscal_year text NOT NULL,
        series varchar(40) NOT NULL,
        last_serial bigint NOT NULL,
        CONSTRAINT ck_invoice_counters_series CHECK (series IN ('invoice', 'credit_note')),
        CONSTRAINT pk_invoice_counters PRIMARY KEY (vendor_id, fiscal_year, series)
    )
    """,
    # Whatever the code believes: the numbers of a vendor's year follow each other, from 1 on, without a gap.
    """
    CREATE FUNCTION serial_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        last bigint;
    BEGIN
        EXECUTE format('SELECT max(serial) FROM %I WHERE vendor_id = $1 AND fiscal_year = $2', TG_TABLE_NAME)
            INTO last USING NEW.vendor_id, NEW.fiscal_year;
        IF NEW.serial <> coalesce(last, 0) + 1 THEN
            RAISE EXCEPTION 'number % does not follow %', NEW.serial, last
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_without_gap';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TABLE invoices (
        id bigserial CONSTRAINT pk_invoices PRIMARY KEY,
        vendor_id bigint NOT NULL CONSTRAINT fk_invoices_vendor_id REFERENCES vendors (id),
        retailer_id bigint NOT NULL CONSTRAINT fk_invoices_retailer_id REFERENCES retailers (id),
        fulfillment_id bigint CONSTRAINT uq_invoices_fulfillment_id UNIQUE
            CONSTRAINT fk_invoices_fulfillment_id REFERENCES fulfillments (id),
        order_id bigint CONSTRAINT fk_invoices_order_id REFERENCES orders (id),
        fiscal_year text NOT NULL,
        serial bigint,
        paper_number text,
        paper_key text,
        on_credit boolean NOT NULL,
        taxable_minor bigint NOT NULL,
        exempt_minor bigint NOT NULL,
        vat_minor bigint NOT NULL,
        total_minor bigint NOT NULL,
        commission_basis_points bigint NOT NULL,
        issued_at timestamptz NOT NULL,
        issued_on_bs text NOT NULL,
        due_on date NOT NULL,
        vendor_pan text,
        retailer_pan text,
        CONSTRAINT ck_invoices_serial_is_positive CHECK (serial > 0),
        CONSTRAINT ck_invoices_total_adds_up CHECK (total_minor = taxable_minor + exempt_minor + vat_minor),
        CONSTRAINT ck_invoices_delivered_or_brought CHECK (
            (paper_number IS NULL) = (serial IS NOT NULL) AND (paper_number IS NULL) = (fulfillment_id IS NOT NULL)
            AND (paper_number IS NULL) = (order_id IS NOT NULL)
        ),
        CONSTRAINT ck_invoices_paper_number_has_key CHECK ((paper_number IS NULL) = (paper_key IS NULL)),
        CONSTRAINT uq_invoices_vendor_id_fiscal_year_serial UNIQUE (vendor_id, fiscal_year, serial)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_invoices_brought ON invoices (retailer_id, vendor_id, paper_key)
        WHERE paper_number IS NOT NULL
    """,
    "CREATE INDEX ix_invoices_order_id ON invoices (order_id)",
    # What was delivered in a day, on the panel's first page.
    "CREATE INDEX ix_invoices_issued_at ON invoices (issued_at)",
    "CREATE INDEX ix_invoices_retailer_id_due_on ON invoices (retailer_id, due_on)",
    *append_only("invoices"),
    """
    CREATE TRIGGER invoices_without_gap BEFORE INSERT ON invoices
        FOR EACH ROW WHEN (NEW.paper_number IS NULL) EXECUTE FUNCTION serial_follows()
    """,
    """
    CREATE TABLE credit_notes (
        id bigserial CONSTRAINT pk_credit_notes PRIMARY KEY,
        posting_id bigint NOT NULL CONSTRAINT uq_credit_notes_posting_id UNIQUE
            CONSTRAINT fk_credit_notes_posting_id REFERENCES postings (id),
        invoice_id bigint NOT NULL CONSTRAINT fk_credit_notes_invoice_id REFERENCES invoices (id),
        vendor_id bigint NOT NULL CONSTRAINT fk_credit_notes_vendor_id REFERENCES vendors (id),
        fiscal_year text NOT NULL,
        serial bigint NOT NULL,
        taxable_minor bigint NOT NULL,
        exempt_minor bigint NOT NULL,
        vat_minor bigint NOT NULL,
        total_minor bigint NOT NULL,
        reason text NOT NULL,
        issued_at timestamptz NOT NULL,
        issued_on_bs text NOT NULL,
        CONSTRAINT ck_credit_notes_serial_is_positive CHECK (serial > 0),
        CONSTRAINT ck_credit_notes_total_adds_up CHECK (total_minor = taxable_minor + exempt_minor + vat_minor),
        CONSTRAINT uq_credit_notes_vendor_id_fiscal_year_serial UNIQUE (vendor_id, fiscal_year, serial)
    )
    """,
    "CREATE INDEX ix_credit_notes_invoice_id ON credit_notes (invoice_id)",
    *append_only("credit_notes"),
    """
    CREATE TRIGGER credit_notes_without_gap BEFORE INSERT ON credit_notes
        FOR EACH ROW EXECUTE FUNCTION serial_follows()
    """,
    """
    CREATE TABLE invoice_lines (
        id bigserial CONSTRAINT pk_invoice_lines PRIMARY KEY,
        invoice_id bigint NOT NULL CONSTRAINT fk_invoice_lines_invoice_id REFERENCES invoices (id),
        position bigint NOT NULL,
        product_id bigint NOT NULL CONSTRAINT fk_invoice_lines_product_id REFERENCES products (id),
        description text NOT NULL,
        quantity numeric(12, 3) NOT NULL,
        said_count numeric(12, 3),
        said_unit text,
        unit_price_minor bigint NOT NULL,
        net_minor bigint NOT NULL,
        vat_minor bigint NOT NULL,
        CONSTRAINT ck_invoice_lines_wording_is_whole CHECK (
            (said_count IS NULL) = (said_unit IS NULL) AND said_count > 0
        ),
        CONSTRAINT uq_invoice_lines_invoice_id_position UNIQUE (invoice_id, position)
    )
    """,
    *append_only("invoice_lines"),
    """
    CREATE TABLE ledger_accounts (
        id bigserial CONSTRAINT pk_ledger_accounts PRIMARY KEY,
        kind varchar(40) NOT NULL
            CONSTRAINT ck_ledger_accounts_ledger_account_kind CHECK (kind IN (
                'receivable', 'cash_due', 'prepayment', 'payable', 'commission', 'bank', 'adjustment'
            )),
        retailer_id bigint CONSTRAINT fk_ledger_accounts_retailer_id REFERENCES retailers (id),
        vendor_id bigint CONSTRAINT fk_ledger_accounts_vendor_id REFERENCES vendors (id),
        label text,
        CONSTRAINT ck_ledger_accounts_owner_fits_kind CHECK (
            (kind IN ('receivable', 'cash_due', 'prepayment')) = (retailer_id IS NOT NULL)
            AND (kind = 'payable') = (vendor_id IS NOT NULL)
        ),
        CONSTRAINT uq_ledger_accounts_kind_retailer_id_vendor_id_label
            UNIQUE NULLS NOT DISTINCT (kind, retailer_id, vendor_id, label)
    )
    """,
    "CREATE INDEX ix_ledger_accounts_retailer_id ON ledger_accounts (retailer_id)",
    "CREATE INDEX ix_ledger_accounts_vendor_id ON ledger_accounts (vendor_id)",
    """
    CREATE TABLE entries (
        id bigserial CONSTRAINT pk_entries PRIMARY KEY,
        posting_id bigint NOT NULL CONSTRAINT fk_entries_posting_id REFERENCES postings (id),
        account_id bigint NOT NULL CONSTRAINT fk_entries_account_id REFERENCES ledger_accounts (id),
        amount_minor bigint NOT NULL,
        invoice_id bigint CONSTRAINT fk_entries_invoice_id REFERENCES invoices (id),
        CONSTRAINT ck_entries_amount_is_not_zero CHECK (amount_minor <> 0)
    )
    """,
    "CREATE INDEX ix_entries_account_id_id ON entries (account_id, id)",
    "CREATE INDEX ix_entries_invoice_id ON entries (invoice_id)",
    "CREATE INDEX ix_entries_posting_id ON entries (posting_id)",
    *append_only("entries"),
    # What is owed on invoices now, kept by the database with every entry, so that nobody sums up a shop's whole history.
    """
    CREATE TABLE open_debts (
        invoice_id bigint CONSTRAINT pk_open_debts PRIMARY KEY
            CONSTRAINT fk_open_debts_invoice_id REFERENCES invoices (id),
        retailer_id bigint NOT NULL CONSTRAINT fk_open_debts_retailer_id REFERENCES retailers (id),
        vendor_id bigint NOT NULL CONSTRAINT fk_open_debts_vendor_id REFERENCES vendors (id),
        amount_minor bigint NOT NULL
    )
    """,
    "CREATE INDEX ix_open_debts_retailer_id ON open_debts (retailer_id)",
    "CREATE INDEX ix_open_debts_vendor_id ON open_debts (vendor_id)",
    """
    CREATE FUNCTION follow_open_debt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO open_debts (invoice_id, retailer_id, vendor_id, amount_minor)
            SELECT id, retailer_id, vendor_id, NEW.amount_minor FROM invoices WHERE id = NEW.invoice_id
            ON CONFLICT (invoice_id) DO UPDATE SET amount_minor = open_debts.amount_minor + NEW.amount_minor;
        DELETE FROM open_debts WHERE invoice_id = NEW.invoice_id AND amount_minor = 0;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER entries_follow_open_debt AFTER INSERT ON entries
        FOR EACH ROW WHEN (NEW.invoice_id IS NOT NULL) EXECUTE FUNCTION follow_open_debt()
    """,
    # Checked at commit, from both sides: a posting without entries is as wrong as entries that do not sum to zero.
    """
    CREATE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        this_posting bigint := CASE TG_TABLE_NAME WHEN 'postings' THEN NEW.id ELSE (to_jsonb(NEW)->>'posting_id')::bigint END;
        entry_sum numeric;
        entry_count bigint;
    BEGIN
        SELECT coalesce(sum(amount_minor), 0), count(*) INTO entry_sum, entry_count
        FROM entries WHERE posting_id = this_posting;
        IF entry_sum <> 0 OR entry_count < 2 THEN
            RAISE EXCEPTION 'posting % has % entries that sum to %', this_posting, entry_count, entry_sum
                USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balance';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT ON postings
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances()
    """,
    """
    CREATE CONSTRAINT TRIGGER entries_balance AFTER INSERT ON entries
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances()
    """,
    """
    CREATE TABLE payments (
        id bigserial CONSTRAINT pk_payments PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_payments_retailer_id REFERENCES retailers (id),
        vendor_id bigint CONSTRAINT fk_payments_vendor_id REFERENCES vendors (id),
        method varchar(40) NOT NULL
            CONSTRAINT ck_payments_payment_method CHECK (method IN (
                'cash', 'bank_transfer', 'cheque', 'esewa', 'khalti', 'fonepay'
            )),
        reference text,
        reference_key text,
        amount_minor bigint NOT NULL,
        named_invoice_id bigint CONSTRAINT fk_payments_named_invoice_id REFERENCES invoices (id),
        status varchar(40) NOT NULL
            CONSTRAINT ck_payments_payment_status CHECK (status IN (
                'awaiting_clearance', 'posted', 'bounced'
            )),
        received_at timestamptz NOT NULL,
        posting_id bigint CONSTRAINT uq_payments_posting_id UNIQUE
            CONSTRAINT fk_payments_posting_id REFERENCES postings (id),
        idempotency_key text NOT NULL CONSTRAINT uq_payments_idempotency_key UNIQUE,
        confirmed_by text NOT NULL,
        CONSTRAINT ck_payments_amount_is_positive CHECK (amount_minor > 0),
        CONSTRAINT ck_payments_reference_unless_cash CHECK (method = 'cash' OR reference_key IS NOT NULL),
        CONSTRAINT ck_payments_reference_key_is_plain CHECK (
            reference_key !~ '[A-Z\\s\\u00AD\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2069\\uFEFF]'
            AND reference_key IS NFKC NORMALIZED
        )
    )
    """,
    # What was received in a day, on the panel's first page.
    "CREATE INDEX ix_payments_received_at ON payments (received_at)",
    "CREATE INDEX ix_payments_retailer_id_received_at ON payments (retailer_id, received_at)",
    "CREATE INDEX ix_payments_bare_reference ON payments (method, translate(reference_key, '-/.#:', ''))",
    """
    CREATE UNIQUE INDEX uq_payments_method_reference ON payments (method, reference_key)
        WHERE reference_key IS NOT NULL AND status <> 'bounced'
    """,
    # One row for each payment to a vendor. A reference is free again when its posting was reversed.
    """
    CREATE TABLE vendor_settlements (
        id bigserial CONSTRAINT pk_vendor_settlements PRIMARY KEY,
        vendor_id bigint NOT NULL CONSTRAINT fk_vendor_settlements_vendor_id REFERENCES vendors (id),
        method varchar(40) NOT NULL
            CONSTRAINT ck_vendor_settlements_payment_method CHECK (method IN (
                'cash', 'bank_transfer', 'cheque', 'esewa', 'khalti', 'fonepay'
            )),
        reference_key text,
        posting_id bigint NOT NULL CONSTRAINT uq_vendor_settlements_posting_id UNIQUE
            CONSTRAINT fk_vendor_settlements_posting_id REFERENCES postings (id),
        reversed_at timestamptz,
        CONSTRAINT ck_vendor_settlements_reference_unless_cash CHECK (
            method = 'cash' OR reference_key IS NOT NULL
        )
    )
    """,
    """
    CREATE UNIQUE INDEX uq_vendor_settlements_method_reference ON vendor_settlements (method, reference_key)
        WHERE reference_key IS NOT NULL AND reversed_at IS NULL
    """,
    """
    CREATE TABLE payment_applications (
        id bigserial CONSTRAINT pk_payment_applications PRIMARY KEY,
        posting_id bigint NOT NULL CONSTRAINT fk_payment_applications_posting_id REFERENCES postings (id),
        payment_id bigint NOT NULL CONSTRAINT fk_payment_applications_payment_id REFERENCES payments (id),
        invoice_id bigint NOT NULL CONSTRAINT fk_payment_applications_invoice_id REFERENCES invoices (id),
        amount_minor bigint NOT NULL,
        CONSTRAINT ck_payment_applications_amount_is_positive CHECK (amount_minor > 0),
        CONSTRAINT uq_payment_applications_posting_id_payment_id_invoice_id
            UNIQUE (posting_id, payment_id, invoice_id)
    )
    """,
    "CREATE INDEX ix_payment_applications_invoice_id ON payment_applications (invoice_id)",
    "CREATE INDEX ix_payment_applications_payment_id ON payment_applications (payment_id)",
    *append_only("payment_applications"),
    """
    CREATE TABLE payment_claims (
        id bigserial CONSTRAINT pk_payment_claims PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_payment_claims_retailer_id REFERENCES retailers (id),
        vendor_id bigint CONSTRAINT fk_payment_claims_vendor_id REFERENCES vendors (id),
        named_vendor_id bigint
            CONSTRAINT fk_payment_claims_named_vendor_id REFERENCES vendors (id),
        method varchar(40) NOT NULL
            CONSTRAINT ck_payment_claims_payment_method CHECK (method IN (
                'cash', 'bank_transfer', 'cheque', 'esewa', 'khalti', 'fonepay'
            )),
        reference text,
        reference_key text,
        amount_minor bigint NOT NULL,
        status varchar(40) NOT NULL
            CONSTRAINT ck_payment_claims_claim_status CHECK (status IN (
                'open', 'confirmed', 'rejected', 'replaced', 'withdrawn', 'bounced', 'contested'
            )),
        claimed_by text NOT NULL,
        claimed_at timestamptz NOT NULL,
        answered_by text,
        answered_at timestamptz,
        reject_reason text,
        replaced_by_id bigint
            CONSTRAINT fk_payment_claims_replaced_by_id REFERENCES payment_claims (id),
        payment_id bigint CONSTRAINT uq_payment_claims_payment_id UNIQUE
            CONSTRAINT fk_payment_claims_payment_id REFERENCES payments (id),
        CONSTRAINT ck_payment_claims_only_replaced_has_another CHECK (
            replaced_by_id IS NULL OR status = 'replaced'
        ),
        CONSTRAINT ck_payment_claims_amount_is_positive CHECK (amount_minor > 0),
        CONSTRAINT ck_payment_claims_reference_unless_cash CHECK (
            method = 'cash' OR reference_key IS NOT NULL
        ),
        CONSTRAINT ck_payment_claims_reference_key_is_plain CHECK (
            reference_key !~ '[A-Z\\s\\u00AD\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2069\\uFEFF]'
            AND reference_key IS NFKC NORMALIZED
        )
    )
    """,
    """
    CREATE INDEX ix_payment_claims_bare_reference
        ON payment_claims (method, translate(reference_key, '-/.#:', ''))
    """,
    "CREATE INDEX ix_payment_claims_open ON payment_claims (retailer_id) WHERE status = 'open'",
    "CREATE INDEX ix_payment_claims_replaced_by_id ON payment_claims (replaced_by_id)",
    "CREATE INDEX ix_payment_claims_retailer_id ON payment_claims (retailer_id)",
    "CREATE INDEX ix_payment_claims_vendor_id_status ON payment_claims (vendor_id, status)",
    """
    CREATE UNIQUE INDEX uq_payment_claims_live_reference ON payment_claims (method, reference_key)
        WHERE reference_key IS NOT NULL AND status IN ('open', 'confirmed')
    """,
)
