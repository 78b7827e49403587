"""What can be refused about conversations."""

from core.errors import DomainError


class AlreadyTakenOver(DomainError):
    """Another person has taken this conversation over."""

    code = "already_taken_over"
