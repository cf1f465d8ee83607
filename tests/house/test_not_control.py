"""Never a tool of control: what she missed, when nobody reached her, that she stopped, and the risks seen in it, are
known to the structure that supports her, and leave it by no page, file, letter or relay."""

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from io import BytesIO, StringIO

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from pypdf import PdfReader

from pathway.casework.alerts.actions import sweep
from pathway.casework.alerts.candidates import candidates
from pathway.casework.alerts.digests import send_digest, work_of
from pathway.casework.encounters.actions import make_feed
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.followup.rules import ContactResult
from pathway.casework.notes.rules import Audience
from pathway.casework.relays.actions import make_link
from pathway.casework.sharing.rules import PARTS
from pathway.casework.team.holders import teams
from pathway.cli import alerts as commands
from pathway.demo.town import Town
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock
from pathway.kernel.wording import said_date
from pathway.store.opening import Store
from tests.casework.action_plan.scenes import action, obstacle
from tests.casework.encounters.scenes import plan, settle
from tests.casework.enrolments.steps import call, enter, leave, rows, share, system
from tests.casework.links.pairs import TWIN, link
from tests.casework.notes.scenes import write
from tests.casework.records.test_settling import says
from tests.casework.relays.scenes import send
from tests.hostile.walk import Walk, walk
from tests.jobs.test_digests import letters
from tests.town import AMINA_CLAIMS, FRIDAY, signed_in, web, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.papers import kept, words

SECTIONS = frozenset({"identity", "contact", "situation", "education", "project", "mobility"}) | PARTS
WORDS = (
    "Rendez-vous non tenu",
    "non tenus",
    "Mauvais numéro",
    "Pas de réponse",
    "Arrêt à l’initiative",
    "plus tôt que",
    "peu après son début",
)
NEVER_ON_PAPER = ("canari", "arrêtée", "abandon", "retard", "joindre", "sans étape", "RQTH", "AAH", "aménagement")
NOTES = {"no_answer": "canari-messagerie-pleine", "wrong_number": "canari-numéro-perdu"}
FILES = [{"whose": "mine", "format": kind} for kind in ("csv", "xlsx")]


@dataclass
class Control:
    """What a structure knows of her that no other may: its rows' ids, their days, the words about them."""

    amina: str
    relay: str = ""
    outside: str = ""
    secrets: dict[str, str] = field(default_factory=dict)

    def found_in(self, text: str) -> set[str]:
        """What of it can be read there."""
        told = unescape(text)
        return {name for name, value in self.secrets.items() if value in told}


def lived(town: Town, clock: FixedClock) -> Control:
    """Bruno's structure follows her; Élise's may see every part. She missed two appointments, was not reached, and
    stopped; Élise has a card of hers linked to it, a relay about her, and her agreement."""
    amina = welcome(town)
    here = Control(amina=amina)
    share(town, amina, "mission-locale", sections=SECTIONS)
    step = enter(town, amina, on=FRIDAY.date() - timedelta(days=12)).enrolment_id
    meetings = [plan(town, amina, days=days, subject="canari-sujet").ids[0] for days in (4, 5)]
    clock.move(timedelta(days=6))
    for one in meetings:
        settle(town, one, AppointmentState.MISSED)
    again_on = clock.now().date() + timedelta(days=9)
    for result, note in NOTES.items():
        clock.move(timedelta(days=1))
        call(town, amina, result=ContactResult(result), note=note, next_on=again_on)
    leave(town, step, reason="abandoned")
    with system(town.store, clock) as tx:
        sweep(tx, candidates(tx, on=tx.today), on=tx.today)
        tx.journal("sweep")
    here.relay, here.outside = send(town, amina), send(town, amina, "")
    here.secrets = secrets(town)
    twin = welcome(town, by="elise", identity=TWIN)
    enter(town, twin, by="elise", scheme="cej")
    link(town, amina, twin)
    return here


def secrets(town: Town) -> dict[str, str]:
    """What must stay: the ids of what happened, its days as they are written and said, its words."""
    own = [row for row in rows(town.store, "alert") if row["circle"]]
    missed = rows(town.store, "appointment", "WHERE state = 'missed'")
    unreached = rows(town.store, "contact_attempt", "WHERE result <> 'reached'")
    assert {row["rule"] for row in own} >= {"R04", "R08"} and len(missed) == 2 and len(unreached) == 2
    days = [date.fromisoformat(str(row["starts_at"])[:10]) for row in missed]
    ids = {f"{name} {row['id'][:4]}": row["id"] for name, those in _rows(own, missed, unreached) for row in those}
    said = {f"missed on {day}": written for day in days for written in (day.isoformat(), said_date(day))}
    return {**ids, **said, **NOTES, "subject": "canari-sujet", "why she stopped": "Arrêt à l’initiative"}


def _rows(own: list[dict[str, str]], *others: list[dict[str, str]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    yield from zip(("alert", "appointment", "contact"), (own, *others), strict=True)


def pages(town: Town, who: str, here: Control) -> Walk:
    """Every page that professional reaches, those about her and her relay for sure."""
    return walk(signed_in(town, who), ids=[here.amina, here.relay, here.outside])


def told(client: FlaskClient, form: dict[str, str]) -> str:
    """A file of people as text, the sheets of a workbook unpacked."""
    answer = client.post("/dossiers/fichier", data=form)
    assert answer.status_code == 200, form
    if form["format"] != "xlsx":
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_who_may_see_every_part_of_her_reads_none_of_it_on_any_page(sqlite_town: Town, clock: FixedClock) -> None:
    here = lived(sqlite_town, clock)
    for who in ("elise", "sylvie"):
        reached = pages(sqlite_town, who, here)
        hers = reached.pages[f"/dossiers/{here.amina}"].html
        assert not [word for word in WORDS if word in unescape(hers)], who
        # The form of an exit offers every reason there is: that of Élise's own step tells nothing of Bruno's.
        read = {path: page.html for path, page in reached.pages.items() if page.endpoint != "counsellor.exit"}
        leaks = {path: here.found_in(html) for path, html in read.items()}
        assert {path: found for path, found in leaks.items() if found} == {}, who
    own = pages(sqlite_town, "bruno", here)
    shown = {name for page in own.pages.values() for name in here.found_in(page.html)}
    assert shown >= {"subject", "why she stopped"}  # the story did happen


def on_paper(client: FlaskClient, path: str, **more: str) -> str:
    """Her pathway as a paper, with every chapter that form offers."""
    chapters = re.findall(r'name="chapters" type="checkbox" value="(\w+)"', client.get(path).get_data(as_text=True))
    assert "steps" in chapters
    answer = client.post(path, data={"chapters": chapters, **more})
    return words(kept(answer))


def test_no_paper_she_hands_over_takes_it_away(sqlite_town: Town, clock: FixedClock) -> None:
    here = lived(sqlite_town, clock)
    for audience in Audience:
        write(sqlite_town, here.amina, f"canari-note-{audience.value}", audience=audience)
    share(sqlite_town, here.amina, "pae-centre", sections={"health"})
    health = obstacle(sqlite_town, here.amina, theme="sante", text="canari-santé")
    action(sqlite_town, health, "canari-soins", is_hers=True)
    for way in ("rqth", "aah", "needs_adjustment"):
        says(sqlite_town, "bruno", here.amina, way, True)
    path = f"/dossiers/{here.amina}/parcours/imprimer"
    told = [on_paper(signed_in(sqlite_town, who), path, present="y") for who in ("bruno", "denis", "elise", "sylvie")]
    told.append(on_paper(at_home(sqlite_town, here.amina), "/mon-parcours/imprimer"))
    for paper in told:
        assert "Amina Benkacem" in paper and "Étapes du parcours" in paper
        assert here.found_in(paper) == set()
        assert [word for word in (*WORDS, *NEVER_ON_PAPER) if word in paper] == []


def test_no_letter_takes_it_away(sqlite_town: Town, clock: FixedClock) -> None:
    here = lived(sqlite_town, clock)
    with system(sqlite_town.store, clock, write=False) as tx:
        lots = [(team, work_of(tx, team, since={})) for team in teams(tx)]
    for _team, waiting in lots:
        for account_id, work in waiting.items():
            with system(sqlite_town.store, clock) as tx:
                send_digest(tx, account_id=account_id, work=work, on=clock.now().date())
    hers = tuple(AMINA_CLAIMS["phones"])  # her own appointments were told to her
    written = [one for one in letters(sqlite_town) if not one.startswith(hers)]
    assert any("alerte" in one for one in written)  # what waits is counted
    assert {name for one in written for name in here.found_in(one)} == set()
    assert [word for word in (*WORDS, "Benkacem") if any(word in one for one in written)] == []


def test_a_calendar_says_the_same_whether_she_came_or_not(sqlite_town: Town, clock: FixedClock) -> None:
    """It is read by machines that are not ours: what vanished from it would tell what became of an appointment."""
    met = [plan(sqlite_town, welcome(sqlite_town), days=days).ids[0] for days in (1, 2)]
    with sqlite_town.acting("bruno") as tx:
        path = f"/agenda/{make_feed(tx)}.ics"
    before = web(sqlite_town).get(path).data
    clock.move(timedelta(days=3))
    for one, became in zip(met, (AppointmentState.MISSED, AppointmentState.ATTENDED), strict=True):
        settle(sqlite_town, one, became)
    after = web(sqlite_town).get(path).data
    assert after == before and after.count(b"BEGIN:VEVENT") == 2


def precision_file(town: Town, who: str) -> str:
    """« Ces alertes sont-elles justes ? » as a file, over a year."""
    answer = signed_in(town, who).post("/alertes/precision/fichier", data={"mois": "12"})
    assert answer.status_code == 200
    return str(answer.data, "utf-8-sig")


def test_the_file_of_how_right_alerts_are_tells_it_to_no_other_structure(sqlite_town: Town, clock: FixedClock) -> None:
    here = lived(sqlite_town, clock)
    own, theirs = (precision_file(sqlite_town, who) for who in ("denis", "sylvie"))
    counted = {line["Code"] for line in csv.DictReader(StringIO(own, newline=""), delimiter=";")}
    assert counted >= {"R04", "R08"}  # the story did happen, and its own structure counts it
    assert here.found_in(own) == set() == here.found_in(theirs)  # counts alone: no day, no id
    assert [word for word in (*WORDS, "R04", "R08", "Benkacem") if word in theirs] == []


def test_a_night_looked_at_again_tells_no_fact_that_one_structure_alone_knows(
    sqlite_town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = lived(sqlite_town, clock)
    run_nights(sqlite_town.store, on=None, report=lambda *_: None, clock=clock)

    @contextmanager
    def opened() -> Iterator[Store]:
        yield sqlite_town.store

    monkeypatch.setattr(commands, "opened", opened)
    asked = ["replay", "--on", clock.now().date().isoformat()]
    told, shown = (CliRunner().invoke(commands.command, [*asked, *more]).stdout for more in (["--json"], []))
    apart = [one for one in json.loads(told)["alerts"] if one["circle"]]
    assert "R04" in {one["rule"] for one in apart}  # the story did happen
    assert {value for one in apart for value in one["facts"].values()} == {None}
    for text in (told, shown):
        assert here.found_in(text) == set() and "Benkacem" not in text


def test_no_file_nor_relay_takes_it_away(sqlite_town: Town, clock: FixedClock) -> None:
    here = lived(sqlite_town, clock)
    for who in ("elise", "bruno"):  # not even the structure's own file of its people: files travel
        for form in FILES:
            assert here.found_in(told(signed_in(sqlite_town, who), form)) == set(), (who, form)
    with sqlite_town.acting("bruno") as tx:
        path = make_link(tx, relay_id=here.outside)
    visitor = web(sqlite_town)
    assert visitor.post(path).status_code == 303
    sheet = unescape(visitor.get("/liaison").get_data(as_text=True))
    paper = signed_in(sqlite_town, "bruno").get(f"/relais/{here.outside}/fiche").data
    for page in (sheet, " ".join(one.extract_text() for one in PdfReader(BytesIO(paper)).pages)):
        assert "Benkacem" in page
        assert (here.found_in(page), [word for word in WORDS if word in page]) == (set(), [])
