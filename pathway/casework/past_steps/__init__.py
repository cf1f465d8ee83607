"""Entries and exits lived before the card: brought in from a file, with someone answerable for each old exit."""
