"""The door of make-believe: a small invented town, built through the same actions as real life."""
