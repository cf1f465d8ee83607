"""What the person decides: agreements, stops, hidden parts; and the legal basis each structure stands on."""
