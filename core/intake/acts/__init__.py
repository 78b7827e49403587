"""What a message does, whoever writes it: acts with their mood, their objects and how certain they are."""
