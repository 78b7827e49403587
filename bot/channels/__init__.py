"""Channels: where messages come from and go to. Nothing above this package knows a provider's terms."""
