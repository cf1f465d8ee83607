"""How long a record is kept: closed two years after the last contact, erased two years later, after a notice."""
