"""Cards that may be one person's: found at night, compared by a habilitated reviewer and by herself, linked, undone."""
