"""The catalogue of schemes: what each asks on entry, how long it lasts, how closely it follows."""
