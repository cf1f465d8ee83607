"""Write the next migration by comparing a throw-away PostgreSQL base, at the newest revision, with the tables."""

import sys

from pathway.casework import schema
from pathway.store import migrate


def main() -> int:
    """`python -m tools.revision ADDRESS "what changes"`: upgrade that base, then write the revision."""
    if len(sys.argv) != 3 or not schema.__all__:
        sys.stderr.write('usage: python -m tools.revision postgresql://… "what changes"\n')
        return 2
    migrate.upgrade(sys.argv[1])
    migrate.write_revision(sys.argv[1], sys.argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main())
