"""The financial export: four reports about retailers, each from one query, as JSON, CSV, XLSX or PDF."""
