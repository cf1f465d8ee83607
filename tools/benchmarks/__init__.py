"""Measures what the product costs beside the least code that could do the same work, in one run on one machine."""
