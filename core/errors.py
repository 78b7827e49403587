"""What the business can refuse. Each refusal has a stable code and the facts that explain it; wording is elsewhere."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """The request is understood and refused. Nothing was changed."""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        doc = (type(self).__doc__ or "").strip().splitlines()[0]
        return f"{self.code}: {doc}"


class NotFound(DomainError):
    """It doesn't exist, or you may not see it: the answer is the same."""

    code = "not_found"


class NotAllowed(DomainError):
    """This actor may not do that."""

    code = "not_allowed"


class ChangedMeanwhile(DomainError):
    """Somebody else changed it since it was seen: look at it again."""

    code = "changed_meanwhile"
