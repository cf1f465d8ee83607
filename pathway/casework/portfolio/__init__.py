"""What is taken out: one’s own people in a file, or the pathway of one person on paper; authorised, counted, told."""
