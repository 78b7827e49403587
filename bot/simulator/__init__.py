"""Phones on a page and in a terminal, for development: they post real signed webhooks to the real endpoint."""
