"""`python -m wsgi doctor`: looks at everything that must be right before a phone gets an answer, and says it in sentences."""
