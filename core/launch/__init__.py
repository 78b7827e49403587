"""`make run`: everything Khaacho needs on one machine, started in order, watched, and ended in order."""
