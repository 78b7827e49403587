"""Backups of the database: made every night, checked by restoring them, thinned out by age."""
