"""Files coming in: reading what other tools give, refusing little, losing nothing."""
