"""One’s own people, taken out in a file: each record authorised, counted, journalled."""
