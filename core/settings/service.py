"""Business settings: frozen dataclasses with defaults in code, overridden by versioned rows.

A category is a frozen dataclass of plain numbers and strings with a `CATEGORY` name; each package that decides
something declares its own beside its policy.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db.constraints import refusals
from core.db.session import read_once
from core.errors import DomainError
from core.settings.models import SettingVersion


class Category(Protocol):
    CATEGORY: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


Values = TypeVar("Values", bound=Category)

_NEWEST = "settings"


@dataclass(frozen=True, slots=True)
class Versioned(Generic[Values]):
    """Settings together with the version that decisions store. Version 0 is the default in code."""

    version: int
    values: Values


class SettingsRefused(DomainError):
    """The new values are not settings of this category."""

    code = "settings_refused"


class SettingsChangedMeanwhile(DomainError):
    """Somebody else changed these settings since they were read."""

    code = "settings_changed_meanwhile"


def current(session: Session, category: type[Values]) -> Versioned[Values]:
    """The settings in force: the newest version over the defaults. A field that no longer exists is ignored.

    Read once in a transaction, all categories together, so that what it decides rests on the same numbers throughout.
    """
    kept = read_once(session)
    if _NEWEST not in kept:
        kept[_NEWEST] = _newest_versions(session)
    newest: dict[str, tuple[int, dict[str, Any]]] = kept[_NEWEST]
    if category.CATEGORY not in newest:
        return Versioned(0, category())
    version, values = newest[category.CATEGORY]
    known = {field.name for field in fields(category)}
    return Versioned(version, replace(category(), **{k: v for k, v in values.items() if k in known}))


def change(
    session: Session,
    category: type[Values],
    values: dict[str, Any],
    *,
    seen_version: int,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> Versioned[Values]:
    """Store a new version with *values* over the present ones. Raises SettingsRefused, SettingsChangedMeanwhile."""
    # Another admin may have changed them since this transaction read them.
    read_once(session).pop(_NEWEST, None)
    before = current(session, category)
    if before.version != seen_version:
        raise SettingsChangedMeanwhile(category=category.CATEGORY, version=before.version)
    unknown = sorted(set(values) - {field.name for field in fields(category)})
    if unknown:
        raise SettingsRefused(category=category.CATEGORY, unknown=unknown)
    try:
        after = replace(before.values, **values)
    except (TypeError, ValueError) as problem:
        raise SettingsRefused(category=category.CATEGORY, problem=str(problem)) from problem
    row = SettingVersion(
        category=category.CATEGORY,
        version=before.version + 1,
        values=asdict(after),
        changed_at=now,
        changed_by=actor.label,
        reason=reason,
    )
    with refusals(session, category=category.CATEGORY):
        session.add(row)
    read_once(session).pop(_NEWEST, None)
    return Versioned(row.version, after)


def _newest_versions(session: Session) -> dict[str, tuple[int, dict[str, Any]]]:
    newest = (
        select(SettingVersion.category, SettingVersion.version, SettingVersion.values)
        .ext(distinct_on(SettingVersion.category))
        .order_by(SettingVersion.category, SettingVersion.version.desc())
    )
    return {category: (version, values) for category, version, values in session.execute(newest)}
