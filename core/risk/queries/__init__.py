"""Scores and actions as they are kept."""
