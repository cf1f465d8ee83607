"""Notes about a person: who may read each is chosen when it is written, and no text changes or goes without a trace."""
