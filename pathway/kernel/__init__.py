"""Words and tools that know nothing of the product: dates, errors, closed lists, settings."""
