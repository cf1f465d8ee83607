"""Structures, who works there in which role, and since when."""
