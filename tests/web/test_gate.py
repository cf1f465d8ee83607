import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from werkzeug.routing import Rule

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account, WebSession
from pathway.casework.partners.rules import Role
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.sharing.permissions import Permission, may
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.store.journal import entries_about
from pathway.store.tables import JournalEntry
from tests.town import signed_in, web, welcome
from tests.web.jobseeker.lives import at_home

UNKNOWN = "a" * 26
PUBLIC = {
    "account.activation",
    "account.activation_password",
    "account.agenda_file",
    "account.home",
    "account.language",
    "account.sign_in",
    "account.sign_out",
    "outside.link",
    "outside.sheet",
} | {
    "security_txt",
    "account.second_step",
    "account.second_step_challenge",
    "account.forgotten",
    "account.invitation",
    "account.prove_address",
    "account.reset",
    "account.reset_code",
}
OUT = "/connexion?suite=/mon-compte"
BY_ROLE = {
    Role.COUNSELLOR: "bruno",
    Role.SUPERVISOR: "denis",
    Role.REVIEWER: "ines",
    Role.COORDINATOR: "theo",
    Role.OPERATOR: "root",
}


def routes(app: Flask, *, unsafe: bool) -> Iterator[tuple[Rule, str, str]]:
    """Every rule but static files: the rule, a path that fits it, and one method of that kind."""
    for rule in app.url_map.iter_rules():
        methods = sorted((rule.methods or set()) & ({"POST", "PUT", "PATCH", "DELETE"} if unsafe else {"GET"}))
        if rule.endpoint != "static" and methods:
            path = re.sub(r"<int:[^>]+>", "1", rule.rule)
            yield rule, re.sub(r"<[^>]+>", UNKNOWN, path), methods[0]


def test_every_view_says_who_may_open_it(sqlite_town: Town) -> None:
    app = web(sqlite_town).application
    views = {name: view for name, view in app.view_functions.items() if name != "static"}
    unsaid = [name for name, view in views.items() if not getattr(view, "permission", "")]
    assert unsaid == []
    shut = {name for name, view in views.items() if isinstance(getattr(view, "permission", ""), Permission)}
    assert set(views) - shut == PUBLIC


def test_signed_out_every_private_path_leads_to_sign_in(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    for unsafe in (False, True):
        for rule, path, method in routes(client.application, unsafe=unsafe):
            if rule.endpoint in PUBLIC:
                continue
            answer = client.open(path, method=method)
            assert answer.status_code == 302, rule
            assert answer.location == (f"/connexion?suite={path}" if method == "GET" else "/connexion"), rule


def test_csrf_is_asked_on_every_unsafe_route(sqlite_town: Town) -> None:
    known = {role: signed_in(sqlite_town, persona) for role, persona in BY_ROLE.items()}
    known[Role.JOBSEEKER] = at_home(sqlite_town, welcome(sqlite_town))
    tried = list(routes(known[Role.JOBSEEKER].application, unsafe=True))
    assert len(tried) >= 10
    for rule, path, method in tried:
        client = known[opener(known[Role.JOBSEEKER].application, rule)]
        client.application.config["WTF_CSRF_ENABLED"] = True
        for token in ({}, {"csrf_token": "forged"}):
            answer = client.open(path, method=method, data=token)
            assert answer.status_code == 400 and "ouverte trop longtemps" in answer.get_data(as_text=True), rule


def opener(app: Flask, rule: Rule) -> Role:
    """A role that may open that page: the gate speaks before the token is read."""
    permission = getattr(app.view_functions[rule.endpoint], "permission", "")
    return next(role for role in Role if not isinstance(permission, Permission) or may(role, permission))


def test_a_token_of_another_browser_is_refused(sqlite_town: Town) -> None:
    client, other = web(sqlite_town), web(sqlite_town)
    for one in (client, other):
        one.application.config["WTF_CSRF_ENABLED"] = True
    page = other.get("/connexion").get_data(as_text=True)
    foreign = re.search(r'name="csrf_token" value="([^"]+)"', page)
    client.get("/connexion")
    assert foreign and client.post("/connexion", data={"csrf_token": foreign[1]}).status_code == 400


@pytest.mark.parametrize("path", ["/mon-compte", "/aujourd-hui"])
def test_a_cookie_that_is_no_session_opens_nothing(town: Town, path: str) -> None:
    client = web(town)
    for forged in ("", "x", "é" * 10, "a" * 4000):
        client.set_cookie("carte", forged)
        assert client.get(path).status_code == 302


def test_a_session_ends_after_twenty_minutes_without_activity(town: Town, clock: FixedClock) -> None:
    client = signed_in(town, "bruno")
    clock.move(timedelta(minutes=19))
    assert client.get("/mon-compte").status_code == 200
    clock.move(timedelta(minutes=19))
    assert client.get("/mon-compte").status_code == 200
    clock.move(timedelta(minutes=20))
    assert client.get("/mon-compte").location == OUT


def test_a_session_ends_after_ten_hours_whatever_happens(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "bruno")
    for _ in range(39):
        clock.move(timedelta(minutes=15))
        assert client.get("/mon-compte").status_code == 200
    clock.move(timedelta(minutes=15))
    assert client.get("/mon-compte").location == OUT


def test_a_clock_that_went_back_ends_the_session(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "bruno")
    clock.move(timedelta(days=-1))
    assert client.get("/mon-compte").location == OUT


def test_a_membership_that_ended_signs_out_at_the_next_request(town: Town) -> None:
    client = signed_in(town, "bruno")
    membership = table_of(Membership)
    with town.acting("root") as tx:
        hers = membership.c.account_id == town.accounts["bruno"]
        tx.execute(update(membership).where(hers).values(until_on=tx.today - timedelta(days=1)))
        tx.journal("end_membership")
    assert client.get("/mon-compte").location == OUT


def test_a_disabled_account_is_signed_out_at_the_next_request(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    account = table_of(Account)
    with sqlite_town.acting("root") as tx:
        his = account.c.id == sqlite_town.accounts["bruno"]
        tx.execute(update(account).where(his).values(state=AccountState.DISABLED.value))
        tx.journal("disable_account")
    assert client.get("/mon-compte").location == OUT


def test_a_closed_structure_signs_its_people_out(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    structure = table_of(Structure)
    with sqlite_town.acting("root") as tx:
        tx.execute(update(structure).where(structure.c.code == "pae-centre").values(state="closed"))
        tx.journal("close_structure")
    assert client.get("/mon-compte").location == OUT


def test_a_session_keeps_no_secret_in_the_base(sqlite_town: Town) -> None:
    cookie = signed_in(sqlite_town, "bruno").get_cookie("carte")
    session = table_of(WebSession)
    with sqlite_town.acting("root", write=False) as tx:
        kept = tx.execute(select(session.c.id)).scalars().all()
    assert cookie is not None and cookie.value not in kept and len(cookie.value) >= 43


def test_every_page_read_leaves_one_entry(town: Town) -> None:
    client = signed_in(town, "bruno")
    before = len(entries(town))
    client.get("/mon-compte")
    assert len(entries(town)) == before + 1


def test_without_a_journal_nothing_is_shown(town: Town) -> None:
    record_id = welcome(town)
    client = signed_in(town, "bruno")
    shut_journal(town)
    answer = client.get(f"/dossiers/{record_id}")
    assert answer.status_code == 503
    page = answer.get_data(as_text=True)
    assert "rien n’est montré" in page and "Amina" not in page and "Benkacem" not in page


def test_without_a_journal_nobody_signs_in(town: Town) -> None:
    client = web(town)
    client.application.config["TESTING"] = False
    shut_journal(town)
    answer = client.post("/connexion", data={"login": "bruno@demo.carte.invalid", "password": "x"})
    assert answer.status_code in (409, 500, 503) and client.get_cookie("carte") is None


def test_a_refusal_names_the_record_and_the_one_refused(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    assert signed_in(sqlite_town, "chloe").get(f"/dossiers/{record_id}").status_code == 404
    with sqlite_town.acting("root", write=False) as tx:
        entry = entries_about(tx.connection, record_id, limit=1)[0]
    assert (entry["actor"], entry["acts"][0]["do"]) == (sqlite_town.accounts["chloe"], "refused")


def entries(town: Town) -> list[int]:
    entry = table_of(JournalEntry)
    with town.acting("root", write=False) as tx:
        return list(tx.execute(select(entry.c.seq)).scalars())


def shut_journal(town: Town) -> None:
    """Make every new entry fail, as a full disk or a lost right would."""
    is_sqlite = town.store.engine.dialect.name == "sqlite"
    with town.store.engine.begin() as connection:
        if is_sqlite:
            body = "BEGIN SELECT RAISE(FAIL, 'shut'); END"
            connection.execute(text(f"CREATE TRIGGER shut BEFORE INSERT ON journal_entry {body}"))
            return
        function = "CREATE FUNCTION shut() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'shut'; END $$ LANGUAGE plpgsql"
        connection.execute(text(function))
        trigger = "CREATE TRIGGER shut BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION shut()"
        connection.execute(text(trigger))


@pytest.mark.parametrize("path", ["/dossiers/%00", "/etapes/%00/sortie", "/points/%00/non-fait"])
def test_a_character_the_base_cannot_hold_is_a_refusal_never_a_failure(town: Town, path: str) -> None:
    assert signed_in(town, "bruno").get(path).status_code in (400, 404)


def test_nor_in_a_field(town: Town) -> None:
    record_id = welcome(town)
    answer = signed_in(town, "bruno").post(f"/dossiers/{record_id}/referent", data={"account_id": "\x00"})
    assert answer.status_code == 422
