"""A generated walk: shops, wholesalers and admins do at random what they may do, at once, and everything stays in order."""
