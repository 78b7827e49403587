"""What operators look at: figures for Prometheus, and four views on how the database does."""
