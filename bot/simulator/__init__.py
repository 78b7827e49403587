"""Simulated phones, on a page and in a terminal, for development. They post signed webhooks to the real endpoint."""
