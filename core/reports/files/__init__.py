"""A report in each of its formats, from the same rows."""
