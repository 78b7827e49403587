"""Which refusal a violated constraint stands for: the one table between the database and the domain's errors.

A use case writes inside `refusals(session)`. When the database refuses one of the constraints below, only that block is
undone and the domain error is raised. A constraint that is not listed guards an invariant that no caller can break by
asking: its violation is a programming error and stays an IntegrityError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import DomainError

UNIQUE_VIOLATION: Final = "23505"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A domain error by its path, because this package may not import those above it, and facts known beforehand."""

    error: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def error_class(self) -> type[DomainError]:
        module, _, name = self.error.rpartition(".")
        found: type[DomainError] = getattr(import_module(module), name)
        return found


REFUSALS: Final[Mapping[str, Refusal]] = {
    "ex_price_list_lines_overlap": Refusal("core.pricing.errors.PriceListsOverlap"),
    "uq_jobs_dedup_key_pending": Refusal("core.outbox.administration.JobWaitsAlready"),
    "uq_listings_vendor_id_product_id": Refusal("core.catalog.errors.ListingExists"),
    "uq_postings_reverses_id": Refusal("core.credit.errors.PostingReversed"),
    "uq_products_sku_lower": Refusal("core.catalog.errors.SkuTaken"),
    "uq_setting_versions_category_version": Refusal("core.settings.service.SettingsChangedMeanwhile"),
    "uq_users_email_lower": Refusal("core.parties.errors.UserNameTaken", {"name": "email"}),
    "uq_users_phone": Refusal("core.parties.errors.UserNameTaken", {"name": "phone"}),
    "uq_vendor_settlements_method_reference": Refusal("core.credit.errors.ReferenceTaken"),
}


@contextmanager
def refusals(session: Session, **facts: Any) -> Iterator[None]:
    """A savepoint that is flushed at its end. A violated constraint of the table is raised as its refusal, with *facts*."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as violated:
        refused = find_refusal(violated, **facts)
        if refused is None:
            raise
        raise refused from violated


def find_refusal(violated: IntegrityError, **facts: Any) -> DomainError | None:
    """The refusal that the violated constraint stands for; None where it is a programming error."""
    refusal = REFUSALS.get(constraint_of(violated) or "")
    return refusal.error_class()(**{**facts, **refusal.facts}) if refusal else None


def constraint_of(violated: IntegrityError) -> str | None:
    """The name of the violated constraint, as PostgreSQL reports it."""
    return getattr(getattr(violated.orig, "diag", None), "constraint_name", None)


def is_unique_violation(violated: IntegrityError) -> bool:
    return getattr(violated.orig, "sqlstate", None) == UNIQUE_VIOLATION
