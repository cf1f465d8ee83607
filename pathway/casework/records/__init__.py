"""The sealed record: what is known of a person, who said it, when, and how she is found again."""
