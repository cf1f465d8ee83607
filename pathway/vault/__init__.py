"""How things are sealed: bytes in, bytes out, the only place that imports a cryptography library."""
