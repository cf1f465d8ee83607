"""The letters that wait in a town's outbox, read as the mailboxes they go to would."""

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.resets.actions import adopt_email, keep_email_to_check
from pathway.demo.town import Town
from pathway.jobs.forgotten import answer_forgotten
from pathway.store.outbox import Contents, contents
from tests.casework.enrolments.steps import rows, system


def letters(town: Town, kind: str = "") -> list[Contents]:
    """Every letter by e-mail of that kind, or of all, oldest first."""
    mailed = [row for row in rows(town.store, "letter") if row["channel"] == "email"]
    waiting = [row for row in mailed if row["kind"] == kind or not kind]
    with system(town.store, town.clock, write=False) as tx:
        return [contents(tx, str(row["id"])) for row in sorted(waiting, key=lambda row: str(row["created_at"]))]


def last_link(town: Town, kind: str) -> str:
    """The path the newest letter of that kind leads to."""
    return letters(town, kind)[-1].path


def posted(town: Town) -> int:
    """The worker looks at the forgotten passwords; gives how many letters it wrote."""
    return answer_forgotten(town.store, town.clock)


def proved(town: Town, record_id: str, email: str = "amina@exemple.fr") -> str:
    """The address of her open account, proved; gives it."""
    with system(town.store, town.clock) as tx:
        account_id = account_of_record(tx, record_id) or ""
        keep_email_to_check(tx, account_id, email)
        adopt_email(tx, account_id)
    return email


def told(town: Town, kind: str) -> list[str]:
    """To whom the letters of that kind go, oldest first."""
    return [one.to for one in letters(town, kind)]
