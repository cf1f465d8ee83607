"""Follow-up policies: which points an exit opens and when, per structure and scheme, versioned, dated, tried out."""
