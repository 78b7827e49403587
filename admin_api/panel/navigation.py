"""The rooms of the panel in the order of its menu: key of the word, path."""

NAVIGATION: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (("nav.work", (("nav.today", "/admin/"),)),)
