"""Asks a public list of known weaknesses about every locked library, by pip-audit; needs the network.

    python -m tools.audit      code 0 when none is known, or each one is written down in tools/audit_exceptions.json
                               1 when one is not, or its exception has run out; 2 when nobody could be asked

Not a test: the answer changes without a line of ours changing. Run it each week and before each release; what it finds
is mended within the delays of SECURITY.md. An exception says which weakness, why it does not reach us, and until when.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pathway.kernel.clock import SystemClock, local_day
from pathway.kernel.settings import ROOT

EXCEPTIONS = ROOT / "tools" / "audit_exceptions.json"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-postgres.lock", "requirements-measures.lock")
LONGEST = timedelta(days=90)  # an exception is looked at again each quarter
_LINE = ("pip-audit", "--format=json", "--progress-spinner=off", "--disable-pip", "--require-hashes")
_NO_TOOL = "Il faut pip-audit, hors de .venv : « pipx install pip-audit »."


@dataclass(frozen=True, kw_only=True)
class Weakness:
    """One known weakness of one locked library, under all its names."""

    names: frozenset[str]
    library: str
    mended_in: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A weakness that does not reach the product: why, and until which day."""

    name: str
    why: str
    until: date


def accepted(path: Path = EXCEPTIONS) -> list[Accepted]:
    """The exceptions as they are written."""
    kept: list[dict[str, str]] = json.loads(path.read_text())
    return [Accepted(name=one["id"], why=one["why"], until=date.fromisoformat(one["until"])) for one in kept]


def weaknesses(answer: str) -> Iterator[Weakness]:
    """What pip-audit answered."""
    told: dict[str, Any] = json.loads(answer)
    for library in told["dependencies"]:
        for one in library.get("vulns", ()):
            yield Weakness(
                names=frozenset({one["id"], *one.get("aliases", ())}),
                library=f"{library['name']} {library['version']}",
                mended_in=tuple(one.get("fix_versions", ())),
            )


def left(found: Sequence[Weakness], known: Sequence[Accepted], today: date) -> list[Weakness]:
    """The weaknesses that no exception of that day covers."""
    names = {one.name for one in known if today <= one.until}
    return [one for one in found if not names & one.names]


def main() -> int:
    """Ask about each lock, say what is left."""
    found: list[Weakness] = []
    for lock in LOCKS:
        try:
            done = subprocess.run([*_LINE, "-r", lock], cwd=ROOT, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            print(_NO_TOOL, file=sys.stderr)
            return 2
        if not done.stdout.startswith("{"):  # 1 is also its code when it found something
            print(f"{lock} : pip-audit n’a pas pu répondre.\n{done.stderr.strip()}", file=sys.stderr)
            return 2
        found += weaknesses(done.stdout)
    rest = left(found, accepted(), local_day(SystemClock().now()))
    for one in sorted(set(rest), key=lambda it: it.library):
        mended = f"corrigé dans {', '.join(one.mended_in)}" if one.mended_in else "sans correction publiée"
        print(f"{one.library} : {', '.join(sorted(one.names))}, {mended}")
    print(f"{len(set(rest))} faiblesse(s) à traiter, {len(accepted())} exception(s) écrite(s).")
    return int(bool(rest))


if __name__ == "__main__":
    sys.exit(main())
