"""Files kept with a record: checked by their content, sealed under their own key."""
