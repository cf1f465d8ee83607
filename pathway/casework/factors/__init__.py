"""What is asked besides the password: one-time codes, passkeys, printed recovery codes."""
