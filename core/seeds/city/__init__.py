"""A simulated city: vendors and shops with hidden qualities trade through the real use cases, all from one seed."""
