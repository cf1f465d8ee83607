"""Check 33: verbs nobody serves, addresses nobody wrote: nothing is changed, nothing is shown, nothing breaks."""

import pytest

from pathway.casework.sharing.permissions import Permission
from pathway.demo.town import Town
from tests.hostile.walk import (
    MOVING,
    REFERENCE,
    UNSAFE,
    Seen,
    address,
    browsers,
    elements,
    known_ids,
    lively,
    methods,
    rules,
    snapshot,
    walk,
)
from tests.town import web

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "HAXX")
OVERRIDES = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "DELETE", "X-Method-Override": "PUT"}
# Pages that only a letter, a code or a gesture just made leads to: their own tests open them.
BY_OTHER_WAYS = {
    "account.enrolment",
    "account.resume",
    "counsellor.agreement_print",
    "counsellor.appointment",
    "counsellor.contract_print",
    "counsellor.document",
    "counsellor.document_removed",
    "counsellor.erase",
    "counsellor.plan_action",
    "counsellor.plan_line",
    "counsellor.note_corrected",
    "counsellor.note_removed",
    "counsellor.results",
    "counsellor.settle",
    "counsellor.stage",
    "counsellor.walk_in",
    "counsellor.walk_ins_file",
    "counsellor.workshop",
    "counsellor.workshop_cancelled",
    "counsellor.workshop_people",
    "counsellor.workshop_sheet",
    "jobseeker.appointment_file",
    "jobseeker.document",
    "jobseeker.document_removed",
    "jobseeker.prepare",
    "jobseeker.settle",
    "jobseeker.share_again",
    "operator.import_columns",
    "operator.import_one",
    "operator.import_refused_rows",
    "operator.import_sheet",
    "operator.import_undo",
    "operator.invitation",
    "operator.structure_invite",
    "reviewer.duplicate",
    "supervisor.invitation",
    "supervisor.place",
    "supervisor.policy_publish",
    "supervisor.policy_trial",
    "supervisor.precision_file",
    "supervisor.queue",
    "supervisor.rights_request",
}
NAMES = ("Amina", "Benkacem", "Zoé", "Martin")
ODD = (
    "-1",
    "0",
    "1",
    "[]",
    "%5B%22{id}%22%5D",
    "{id},{id}",
    "{id}.json",
    "{id};x=1",
    "{id}%20",
    "%20{id}",
    "{id}%00",
    "{id}%0d%0aX:1",
    "{ID}",
    "%EF%BC%A1{id}",
    "..%2f{id}",
    "%2e%2e",
    "' OR '1'='1",
    "{id}' --",
    "%25",
    "a" * 5000,
    "🦔",
    "null",
    "NaN",
)


def told(page: str) -> list[str]:
    return [name for name in NAMES if name in page]


def variants(path: str) -> list[str]:
    """That address with each reference in it written oddly."""
    found = []
    for reference in REFERENCE.findall(path):
        for odd in ODD:
            found.append(path.replace(reference, odd.replace("{id}", reference).replace("{ID}", reference.upper())))
    return found


@pytest.mark.parametrize("persona", ["bruno", "root"])
def test_a_verb_that_is_not_served_changes_and_shows_nothing(sqlite_town: Town, persona: str) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    paths = {(rule.rule, address(rule)): methods(rule) for rule in rules(client.application)}
    before = snapshot(sqlite_town)
    for (_, path), served in paths.items():
        for verb in set(VERBS) - served - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=verb)
            assert answer.status_code in (403, 404, 405), (verb, path)
            assert not told(answer.get_data(as_text=True)), (verb, path)
    assert snapshot(sqlite_town) == before


@pytest.mark.parametrize("persona", ["bruno", "amina"])
def test_head_gives_what_get_gives_without_its_body_and_leaves_its_line(sqlite_town: Town, persona: str) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    for page in walk(client).shown:
        lines = len(snapshot(sqlite_town, without=())["journal_subject"])
        answer = client.head(page.path)
        assert (answer.status_code, answer.get_data()) == (200, b""), page.path
        grown = len(snapshot(sqlite_town, without=())["journal_subject"]) > lines
        assert grown or not told(page.html), page.path


def test_options_tells_the_verbs_and_nothing_else(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, ["bruno"])
    before = snapshot(sqlite_town)
    for one in (client, web(sqlite_town)):
        for rule in rules(client.application):
            answer = one.options(address(rule))
            assert answer.status_code in (200, 302, 403, 404, 405), rule
            assert answer.get_data() == b"" or not told(answer.get_data(as_text=True)), rule
            assert "Access-Control-Allow-Origin" not in answer.headers, rule
    assert snapshot(sqlite_town) == before


def test_a_verb_hidden_in_a_header_or_a_field_is_not_obeyed(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, ["bruno"])
    pages = walk(client).shown
    before = snapshot(sqlite_town)
    for page in pages:
        path, _, query = page.path.partition("?")
        answer = client.get(f"{path}?{query}&_method=POST", headers=OVERRIDES)
        assert answer.status_code in (200, 302, 303), page.path
    assert snapshot(sqlite_town) == before


def test_an_address_written_oddly_is_never_hers_and_never_a_failure(town: Town) -> None:
    known = lively(town)
    ((_, client),) = browsers(town, known, ["bruno"])
    shown = [(one.endpoint, one.path.partition("?")[0]) for one in walk(client, ids=known_ids(town)).shown]
    paths = {endpoint: path for endpoint, path in shown if REFERENCE.search(path)}
    assert len(paths) >= 8
    before = snapshot(town)
    for path in paths.values():
        for odd in variants(path):
            answer = client.get(odd)
            assert answer.status_code in (302, 303, 308, 400, 404), odd
            assert not told(answer.get_data(as_text=True)), odd
    assert snapshot(town) == before


def test_an_odd_address_is_no_better_to_write_to(town: Town) -> None:
    counted = MOVING | {"failed_tries"}  # a link tried in vain is
    known = lively(town)
    ((_, client),) = browsers(town, known, ["denis"])
    before = snapshot(town, without=counted)
    for rule in rules(client.application):
        if rule.arguments and methods(rule) & UNSAFE:
            for odd in ("-1", "%00", known["amina"].upper(), "a" * 5000, "[]", "%F0%9F%A6%94"):
                answer = client.post(address(rule, odd), data={})
                assert answer.status_code in (400, 403, 404, 410, 422), (rule, odd)
    assert snapshot(town, without=counted) == before


def test_a_slash_too_many_shows_the_same_page_or_none(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, ["bruno"])
    for page in (one for one in walk(client).shown if one.html):  # a file has no heading
        path, _, query = page.path.partition("?")
        for odd in (f"{path}/?{query}", f"/{path}?{query}", f"{path}//?{query}", f"{path}/.?{query}"):
            answer = client.get(odd)
            assert answer.status_code in (200, 302, 303, 308, 404), odd
            assert answer.status_code != 200 or headings(answer.get_data(as_text=True)) == headings(page.html), odd
            assert not (answer.location or "").startswith("//"), odd


def headings(html: str) -> list[str]:
    return [one.to_text() for one in elements(html) if one.name == "h1"]


def test_a_parameter_said_twice_never_opens_what_one_may_not(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, ["chloe"])
    before = snapshot(sqlite_town)
    for name in ("ref", "record_id", "id", "point", "suite", "filtre", "back", "section"):
        for path in ("/dossiers", "/aujourd-hui", "/recherche", f"/dossiers/{known['amina']}/contact"):
            answer = client.get(f"{path}?{name}={known['amina']}&{name}[]={known['zoe']}&{name}={known['zoe']}")
            assert answer.status_code in (200, 404), (path, name)
            assert not told(answer.get_data(as_text=True)), (path, name)
    assert snapshot(sqlite_town) == before


def test_the_walk_sees_every_page_that_asks_a_permission(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ids = known_ids(sqlite_town)
    wanted: set[str] = set()
    seen: set[str] = set()
    for _name, client in browsers(sqlite_town, known):
        views = client.application.view_functions
        pages = {rule.endpoint for rule in rules(client.application) if "GET" in methods(rule)}
        wanted |= {name for name in pages if isinstance(getattr(views[name], "permission", None), Permission)}
        seen |= walk(client, ids=ids).endpoints
    assert len(wanted) >= 20 and wanted - seen <= BY_OTHER_WAYS, wanted - seen


def test_the_pages_walked_are_pages(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, ["bruno"])
    shown: list[Seen] = [page for page in walk(client).shown if page.answer.mimetype == "text/html"]
    assert len(shown) >= 20 and all(headings(page.html) for page in shown)
