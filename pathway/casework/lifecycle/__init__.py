"""What touches every room: somebody leaves, a structure or a scheme closes, and nothing stays behind without a hand."""
