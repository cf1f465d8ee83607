"""Check 34: whatever is added to a form, only what the form asks is written: no role, no owner, no day, no other
person.
"""

from typing import Any

import pytest
from sqlmodel import SQLModel

from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.hostile.walk import (
    EVERYBODY,
    UNSAFE,
    Form,
    browsers,
    known_ids,
    lively,
    methods,
    plausible,
    rules,
    send,
    snapshot,
    walk,
)
from tests.town import web, welcome
from tests.web.counsellor.scenes import entered

LONG_AGO = "2001-02-03"
MARK = "zz-mass-assignment"
PLAIN = ("role", "state", "kind", "cause", "purpose", "sections", "is_admin", "is_demo", "admin", "superuser", "level")
DAYS = (
    "created_at",
    "recorded_at",
    "from_at",
    "until_at",
    "closed_at",
    "last_seen_at",
    "expires_at",
    "from_on",
    "until_on",
)
IDS = (
    "structure_id",
    "record_id",
    "person_id",
    "account_id",
    "owner_id",
    "referent_id",
    "by",
    "created_by",
    "id",
    "canonical_id",
)
KEYS = ("password_hash", "wrapped", "seal", "dek_version", "kid", "token", "session", "card_number", "territory")


def planted(town: Town) -> dict[str, str]:
    """What an attacker adds to a form: the ids are real, and none of the actor's business."""
    hidden = welcome(town, "chloe")
    ids = {
        **dict.fromkeys(IDS, hidden),
        "structure_id": town.structures["horizon"],
        "account_id": town.accounts["hugo"],
        "owner_id": town.accounts["hugo"],
        "by": town.accounts["hugo"],
        "created_by": town.accounts["hugo"],
    }
    return {
        **dict.fromkeys(PLAIN, "operator"),
        **dict.fromkeys(DAYS, LONG_AGO),
        **dict.fromkeys(KEYS, MARK),
        **ids,
        "__proto__": MARK,
        "record[role]": "operator",
        "account.role": "operator",
        "form-0-role": "operator",
    }


def added(form: Form, extra: dict[str, str]) -> dict[str, Any]:
    """The form as it is, and all that it does not ask for."""
    return {**{name: value for name, value in extra.items() if name not in form.sent}, **form.filled(plausible)}


def fresh(town: Town, before: dict[str, list[tuple[Any, ...]]]) -> list[tuple[str, dict[str, Any]]]:
    """Every row that was not there before, or is no longer the same."""
    found = []
    for name in SQLModel.metadata.tables:
        kept = set(before.get(name, ()))
        found += [(name, row) for row in rows(town.store, name) if tuple(map(str, row.values())) not in kept]
    return found


def wrong(town: Town, before: dict[str, list[tuple[Any, ...]]], extra: dict[str, str]) -> list[str]:
    """The new rows that hold something the attacker planted."""
    foreign = {extra["structure_id"], extra["account_id"], extra["record_id"]}
    return [
        f"{table}.{column}"
        for table, row in fresh(town, before)
        for column, value in row.items()
        if str(value) in foreign
        or LONG_AGO in str(value)
        or MARK in str(value)
        or (value == "operator" and table != "journal_entry")
    ]


@pytest.mark.parametrize("persona", EVERYBODY)
def test_nothing_added_to_a_form_is_written(sqlite_town: Town, persona: str) -> None:
    known = lively(sqlite_town)
    extra = planted(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    forms = walk(client, ids=known_ids(sqlite_town)).forms
    before = snapshot(sqlite_town, without=())
    own = sessions(before)
    statuses = [send(client, form, added(form, extra)).status_code for form in forms]
    assert not [place for place in wrong(sqlite_town, before, extra) if not (own and place == "web_session.role")]
    assert not [status for status in statuses if status >= 500]
    assert persona != "denis" or statuses.count(303) >= 8


def sessions(before: dict[str, list[tuple[Any, ...]]]) -> bool:
    """Whether the operator herself is signed in: her own session says « operator » with no attack."""
    return any("operator" in row for row in before["web_session"])


@pytest.mark.parametrize("persona", ["bruno", "theo", "root"])
def test_no_route_takes_them_from_an_address_or_from_json_either(sqlite_town: Town, persona: str) -> None:
    known = lively(sqlite_town)
    extra = planted(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    paths = [form.action for form in walk(client).forms]
    paths += [rule.rule for rule in rules(client.application) if not rule.arguments and methods(rule) & UNSAFE]
    before = snapshot(sqlite_town)
    for path in {*paths} - {"/deconnexion"}:
        for sent in ({"json": extra}, {"query_string": extra}, {"data": {}, "headers": {"X-Role": "operator"}}):
            assert client.post(path.partition("?")[0], **sent).status_code < 500, path
    assert not [
        place for place in wrong(sqlite_town, before, extra) if not place.startswith(("journal_", "web_session"))
    ]


def test_a_stranger_makes_nothing_of_herself_at_the_doors(sqlite_town: Town) -> None:
    extra = planted(sqlite_town)
    entered(sqlite_town)
    client = web(sqlite_town)
    before = snapshot(sqlite_town, without=())
    for form in walk(client).forms:
        send(client, form, added(form, extra))
    assert wrong(sqlite_town, before, extra) == []


def test_what_was_planted_would_be_seen(sqlite_town: Town) -> None:
    extra = planted(sqlite_town)
    before = snapshot(sqlite_town, without=())
    with sqlite_town.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE membership SET role = 'operator' WHERE role = 'counsellor'")
        connection.exec_driver_sql(f"UPDATE referent SET from_at = '{LONG_AGO} 00:00:00'")
    assert set(wrong(sqlite_town, before, extra)) >= {"membership.role", "referent.from_at"}
