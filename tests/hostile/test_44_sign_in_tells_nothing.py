"""Check 44: known, unknown, locked, without a second factor: a failed sign-in takes the same time and says the same."""

import re
from collections.abc import Callable, Mapping

from flask.testing import FlaskClient

from pathway.casework.accounts.tables import FailedTries
from pathway.demo.town import Town
from pathway.store.columns import table_of
from tests.hostile.ranks import told_apart
from tests.hostile.test_45_creation_tells_nothing import statements
from tests.town import web
from tests.web.account.doors import unprotected
from tests.web.account.test_sign_in import tried

KNOWN, BARE, GONE, UNKNOWN = "bruno", "fatou", "karim", "inconnu"


def clients(town: Town) -> dict[str, FlaskClient]:
    """One browser each: fatou has no second factor, karim's account is shut, the last one does not exist."""
    unprotected(town, BARE)
    with town.store.engine.begin() as connection:
        shut = f"UPDATE account SET state = 'disabled' WHERE id = '{town.accounts[GONE]}'"
        connection.exec_driver_sql(shut)
    return {name: web(town) for name in (KNOWN, BARE, GONE, UNKNOWN)}


def forgiven(town: Town) -> None:
    """The brake would answer instead: nobody has failed before."""
    with town.store.engine.begin() as connection:
        connection.execute(table_of(FailedTries).delete())


def failing(browsers: Mapping[str, FlaskClient]) -> dict[str, Callable[[int], object]]:
    def fail(name: str) -> Callable[[int], object]:
        return lambda _number: tried(browsers[name], f"{name}@demo.carte.invalid")

    return {name: fail(name) for name in browsers}


def said(name: str, browsers: Mapping[str, FlaskClient]) -> tuple[int, str]:
    answer = tried(browsers[name], f"{name}@demo.carte.invalid")
    return answer.status_code, re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))


def test_every_failure_says_the_same_up_to_the_wait(town: Town) -> None:
    browsers = clients(town)
    for _ in range(6):
        assert len({said(name, browsers) for name in browsers}) == 1
    assert said(KNOWN, browsers)[0] == 429


def test_every_failure_asks_the_base_the_same_questions(town: Town) -> None:
    browsers, runs = clients(town), []
    for name in browsers:
        tried(browsers[name], f"{name}@demo.carte.invalid")
    for name in browsers:
        with statements(town) as seen:
            tried(browsers[name], f"{name}@demo.carte.invalid")
        runs.append(seen)
    assert all(run == runs[0] for run in runs)


def test_the_duration_of_a_failure_tells_nothing(sqlite_town: Town) -> None:
    browsers = clients(sqlite_town)
    assert told_apart(failing(browsers), before=lambda: forgiven(sqlite_town)) == []


def test_a_locked_login_takes_the_same_time_whether_it_exists_or_not(sqlite_town: Town) -> None:
    browsers = clients(sqlite_town)
    for name in browsers:
        for _ in range(6):
            tried(browsers[name], f"{name}@demo.carte.invalid")
    doing = failing(browsers)
    assert all(said(name, browsers)[0] == 429 for name in browsers)
    assert told_apart(doing) == []
