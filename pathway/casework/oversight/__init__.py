"""Who looks at those who look: the person's log, the lines she contests, exceptional access and its review."""
