"""The decisions of scores and risk control: facts in, a value with its reasons out. Pure."""
