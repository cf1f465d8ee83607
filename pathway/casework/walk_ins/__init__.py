"""Who came by the desk or was met outside: counted, with no name unless a record is chosen."""
