"""Texts that shopkeepers could write, made by rule, with answers that are known because the rule made them."""
