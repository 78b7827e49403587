"""Four views for operators, and how often the hot tables are vacuumed."""

from __future__ import annotations

VIEWS = ("slow_queries", "index_usage_stats", "table_bloat_stats", "missing_indexes")

# A row of these changes many times in its life. By default they are vacuumed when a fifth of them is dead, which at
# a million rows is far too late for the indexes that every claim and every turn reads.
_HOT = (
    "jobs",
    "inbound_messages",
    "outbound_messages",
    "conversations",
    "prompts",
    "stock",
    "credit_accounts",
    "orders",
)
# Rows that are only added: vacuumed early, so that index-only scans find their pages visible.
_GROWING = ("events", "job_runs", "turns", "status_reports", "entries", "postings", "audit_entries")

STATEMENTS: tuple[str, ...] = (
    # The extension needs a superuser and shared_preload_libraries; without it the view is there and empty.
    """
    DO $$ BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
        RAISE NOTICE 'pg_stat_statements is not to be had: slow_queries stays empty';
    END $$
    """,
    """
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') THEN
            EXECUTE 'CREATE VIEW slow_queries AS
                SELECT left(query, 500) AS query, calls, round(mean_exec_time::numeric, 2) AS mean_ms,
                    round(max_exec_time::numeric, 2) AS max_ms, round(total_exec_time::numeric) AS total_ms, rows
                FROM pg_stat_statements
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                ORDER BY total_exec_time DESC LIMIT 50';
        ELSE
            EXECUTE 'CREATE VIEW slow_queries AS
                SELECT NULL::text AS query, NULL::bigint AS calls, NULL::numeric AS mean_ms, NULL::numeric AS max_ms,
                    NULL::numeric AS total_ms, NULL::bigint AS rows
                WHERE false';
        END IF;
    END $$
    """,
    """
    CREATE VIEW index_usage_stats AS
        SELECT i.relname::text AS table_name, i.indexrelname::text AS index_name, i.idx_scan AS scans,
            pg_relation_size(i.indexrelid) AS bytes, x.indisunique AS is_unique
        FROM pg_stat_user_indexes i JOIN pg_index x USING (indexrelid)
        WHERE i.schemaname = 'public'
        ORDER BY i.idx_scan, pg_relation_size(i.indexrelid) DESC
    """,
    """
    CREATE VIEW table_bloat_stats AS
        SELECT relname::text AS table_name, n_live_tup AS live_rows, n_dead_tup AS dead_rows,
            round(100.0 * n_dead_tup / greatest(n_live_tup + n_dead_tup, 1), 1) AS dead_percent,
            pg_total_relation_size(relid) AS bytes, greatest(last_vacuum, last_autovacuum) AS vacuumed_at,
            greatest(last_analyze, last_autoanalyze) AS analyzed_at
        FROM pg_stat_user_tables WHERE schemaname = 'public'
        ORDER BY n_dead_tup DESC
    """,
    # Tables that are large and mostly read from end to end: the query behind it is in slow_queries.
    """
    CREATE VIEW missing_indexes AS
        SELECT relname::text AS table_name, seq_scan AS full_scans, coalesce(idx_scan, 0) AS index_scans,
            seq_tup_read / greatest(seq_scan, 1) AS rows_per_full_scan, n_live_tup AS live_rows
        FROM pg_stat_user_tables
        WHERE schemaname = 'public' AND seq_scan > 50 AND n_live_tup > 10000 AND seq_scan > coalesce(idx_scan, 0) / 100
        ORDER BY seq_tup_read DESC
    """,
    *(
        f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200,"
        " autovacuum_analyze_scale_factor = 0.02)"
        for table in _HOT
    ),
    *(
        f"ALTER TABLE {table} SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)"
        for table in _GROWING
    ),
)

UNDO: tuple[str, ...] = (
    *(f"DROP VIEW {view}" for view in VIEWS),
    "DROP EXTENSION IF EXISTS pg_stat_statements",
)
