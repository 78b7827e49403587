"""From typed words to order lines: the reader of what shopkeepers write."""
