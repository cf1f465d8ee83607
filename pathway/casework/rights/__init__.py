"""Her rights over her record: access, rectification, restriction, objection, each a request with a deadline."""
