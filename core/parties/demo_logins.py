"""The logins of the demo market, named here so that production can refuse to start while one of them works."""

ADMIN_EMAIL = "admin@khaacho.com"
ADMIN_PASSWORD = "admin123"  # noqa: S105 - published in the README
VENDOR_EMAIL = "vendor{number}@example.com"
VENDOR_PASSWORD = "vendor123"  # noqa: S105
RETAILER_EMAIL = "retailer{number}@example.com"
RETAILER_PASSWORD = "retailer123"  # noqa: S105
VENDORS = range(1, 5)
RETAILERS = range(1, 7)

DEMO_LOGINS: dict[str, str] = (
    {ADMIN_EMAIL: ADMIN_PASSWORD}
    | {VENDOR_EMAIL.format(number=number): VENDOR_PASSWORD for number in VENDORS}
    | {RETAILER_EMAIL.format(number=number): RETAILER_PASSWORD for number in RETAILERS}
)
