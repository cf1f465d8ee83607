"""Who may see what of whom, why and until when; the one table of who may do what."""
