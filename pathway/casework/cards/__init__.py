"""Presenting the card: the code her phone shows, the printed card, the visit they open, the card lost and replaced."""
