"""Reference data that every installation needs, and a demo market with named people and a history."""
