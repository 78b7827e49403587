"""From tokens to spans, rows and drafts of lines."""
