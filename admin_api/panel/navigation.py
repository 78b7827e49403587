"""The rooms of the panel in the order of its menu: key of the word, path."""

NAVIGATION: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "nav.work",
        (
            ("nav.today", "/admin/"),
            ("nav.orders", "/admin/orders"),
            ("nav.conversations", "/admin/conversations"),
            ("nav.claims", "/admin/claims"),
            ("nav.alerts", "/admin/alerts"),
        ),
    ),
    (
        "nav.market",
        (
            ("nav.retailers", "/admin/retailers"),
            ("nav.vendors", "/admin/vendors"),
            ("nav.prices", "/admin/prices"),
            ("nav.rules", "/admin/rules"),
        ),
    ),
    (
        "nav.system",
        (
            ("nav.exports", "/admin/exports"),
            ("nav.imports", "/admin/imports"),
            ("nav.costs", "/admin/costs"),
            ("nav.queues", "/admin/queues"),
            ("nav.schedule", "/admin/schedule"),
            ("nav.database", "/admin/database"),
        ),
    ),
)
