"""Entering a scheme with what is already known, leaving it with points de suivi opened, coming back."""
