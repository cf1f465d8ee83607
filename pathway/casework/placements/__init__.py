"""Placing somebody whom no structure follows any more: what waits in the territory's queue, and its way out."""
