"""The language: characters, tokens, numbers, units, sounds and the words of four languages."""
