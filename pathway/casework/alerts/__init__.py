"""Risks of a break, found by deterministic rules on what was done, never by a score on the person."""
