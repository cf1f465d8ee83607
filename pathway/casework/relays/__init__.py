"""Passing somebody on to another structure without losing her: sent, acknowledged, answered, or brought back."""
