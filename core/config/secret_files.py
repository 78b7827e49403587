"""Secrets that a checkout makes for itself and keeps under `var`."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from core.config.values import ConfigError


def keep_secret(path: Path, *, make: Callable[[], str]) -> str:
    """Return the secret in *path*, made with mode 0600 when there is none. Two processes at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
        # A link refuses to replace what another process has put there in the meantime.
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def jwt_secret_of_checkout(var: Path) -> str:
    try:
        return keep_secret(var / "jwt_secret", make=lambda: secrets.token_hex(32))
    except PermissionError as error:
        raise ConfigError(
            (f"JWT_SECRET is missing, and {error.filename} belongs to another user",)
        ) from error
