"""Scores and risk control: what is calculated, and what follows from it."""
