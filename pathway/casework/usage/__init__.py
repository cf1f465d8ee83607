"""How much one account and one structure read, and when it is too much: a stolen password must open little."""
