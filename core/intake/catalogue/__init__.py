"""The catalogue as the reader searches it."""
