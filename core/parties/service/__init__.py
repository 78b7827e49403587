"""Use cases about people: who writes to us, which shops and wholesalers they act for, who may sign in."""

from core.parties.service.contacts import (
    add_person,
    contact_for,
    join_contacts,
    opt_in,
    opt_out,
    set_language,
)
from core.parties.service.retailers import (
    RetailerFacts,
    apply_retailer,
    approve_retailer,
    block_retailer,
    create_retailer,
    refuse_retailer,
    unblock_retailer,
    update_retailer,
)
from core.parties.service.users import (
    activate_user,
    authenticate,
    change_password,
    create_user,
    deactivate_user,
    rename_user,
)
from core.parties.service.vendors import (
    VendorFacts,
    activate_vendor,
    approve_vendor,
    close_vendor_for_day,
    create_vendor,
    deactivate_vendor,
    refuse_vendor,
    update_vendor,
)

__all__ = [
    "RetailerFacts",
    "VendorFacts",
    "activate_user",
    "activate_vendor",
    "add_person",
    "apply_retailer",
    "approve_retailer",
    "approve_vendor",
    "authenticate",
    "block_retailer",
    "change_password",
    "close_vendor_for_day",
    "contact_for",
    "create_retailer",
    "create_user",
    "create_vendor",
    "deactivate_user",
    "deactivate_vendor",
    "join_contacts",
    "opt_in",
    "opt_out",
    "refuse_retailer",
    "refuse_vendor",
    "rename_user",
    "set_language",
    "unblock_retailer",
    "update_retailer",
    "update_vendor",
]
