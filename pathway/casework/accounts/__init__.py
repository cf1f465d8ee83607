"""Signing in: accounts, server-side sessions, activation by code, and the brake on failed tries."""
