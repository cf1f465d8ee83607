"""What a night is made of: who holds it, what is written of each step, lots that fail alone, and the steps."""
