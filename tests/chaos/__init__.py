"""`make chaos`: the real stack under a load of conversations, while a seeded monkey kills, freezes and fills things."""
