"""Counts: of the instance for who runs it; of the territory, masked so that nobody shows through."""
