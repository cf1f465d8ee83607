"""The letters that wait in a town's outbox, read as the mailboxes they go to would."""

from pathway.demo.town import Town
from pathway.jobs.forgotten import answer_forgotten
from pathway.store.outbox import Contents, contents
from tests.casework.enrolments.steps import rows, system


def letters(town: Town, kind: str = "") -> list[Contents]:
    """Every letter of that kind, or of all, oldest first."""
    waiting = [row for row in rows(town.store, "letter") if row["kind"] == kind or not kind]
    with system(town.store, town.clock, write=False) as tx:
        return [contents(tx, str(row["id"])) for row in sorted(waiting, key=lambda row: str(row["created_at"]))]


def last_link(town: Town, kind: str) -> str:
    """The path the newest letter of that kind leads to."""
    return letters(town, kind)[-1].path


def posted(town: Town) -> int:
    """The worker looks at the forgotten passwords; gives how many letters it wrote."""
    return answer_forgotten(town.store, town.clock)
