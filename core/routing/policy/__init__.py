"""How a vendor is chosen, purely: facts, scores, ranking, plans."""
