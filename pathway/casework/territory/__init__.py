"""What a territory decides of itself and shows: its name, whom to ask, whom to write to, what a log says."""
