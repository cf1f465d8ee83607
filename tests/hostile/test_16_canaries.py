"""Check 16: after a whole story, nothing of who the person is can be read anywhere but by those who open her record."""

import base64
import json
import logging
import os
import random
import re
import subprocess
import sys
import tempfile
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url
from sqlmodel import SQLModel
from werkzeug.test import TestResponse

from pathway.casework.records.queries import record_opened
from pathway.casework.records.writing import past_answers
from pathway.cli import testing
from pathway.demo.town import Town
from pathway.jobs import nightly
from pathway.jobs.restoring import back_up
from pathway.kernel.clock import FixedClock, SystemClock
from pathway.kernel.settings import ROOT
from pathway.store.backups import described_by
from pathway.store.dumps import program
from tests.casework.enrolments.steps import rows
from tests.store.hands import altered
from tests.town import instance, signed_in, web

BORN = "17/10/1953"
CANARIES = {
    "first name": "Éléonore-Gaëlle",
    "last name": "Zwinglewicz-Ñandú",
    "birth name": "Håkonsdóttir",
    "birth date": "1953-10-17",
    "birth date, French": BORN,
    "birth date, said": "17\u00a0octobre\u00a01953",
    "birth date, digits": "19531017",
    "birth place": "Plouguerneau-les-Flots",
    "phone": "06 98 71 24 35",
    "phone, dotted": "06.98.71.24.35",
    "phone, international": "+33698712435",
    "phone, digits": "0698712435",
    "phone, dashed": "06-98-71-24-35",
    "phone, international, spaced": "+33 6 98 71 24 35",
    "phone, from abroad": "0033698712435",
    "e-mail": "eleonore.zw@courriel-canari.example",
    "address": "14 impasse des Courlis-Cendrés",
    "trusted contact": "Tante Wilhelmine, au 07",
    "benefit number": "QX7719384",
    "note of a contact": "Rappeler après la noce du Quokka",
    "exact reason of the exit": "trial_ended_by_person",
    "answer of the scheme's own question": "Ouvrir une conserverie de salicornes",
    "note of an alert": "Hébergée chez sa cousine Philippine",
    "password": "mésange-quinze-tabourets",
    "imported name": "Xénophonte",
    "imported cell left out": "pas-de-kraken@",
    "refused row": "Thrasybule",
    "typed in a search": "Vercingétorixe",
    "old answer, erased": "9 venelle des Bernaches-Rousses",
}
NIR = "253107588812345"


@dataclass
class Trace:
    """All that left the program but the pages of those who may read: logs, command output, headers, cookies."""

    said: list[str] = field(default_factory=list)

    def kept(self, answer: TestResponse) -> TestResponse:
        """The answer, its headers noted."""
        for name, value in answer.headers.items():
            self.said += [f"{name}: {value}", *unpacked(f"{name}: {value}")]
        return answer


def unpacked(header: str) -> Iterator[str]:
    """What the signed cookie of forms holds; it is only packed, not sealed."""
    for value in re.findall(r"carte_form=([^;]+)", header):
        body = value.lstrip(".").split(".")[0]
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        yield (zlib.decompress(raw) if value.startswith(".") else raw).decode()


def spellings(value: str) -> set[str]:
    """One value as programs like to write it."""
    composed = unicodedata.normalize("NFC", value)
    apart = unicodedata.normalize("NFD", value)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    glued = "".join(letter for letter in bare if letter.isalnum())
    known = {composed, apart, bare, glued}
    return {written for one in known for written in (one, one.casefold(), one.upper()) if len(written) >= 8}


def bytes_of(written: str) -> set[bytes]:
    """One spelling as bytes: plain, UTF-16, escaped, hexadecimal, base64 at any offset."""
    plain = written.encode()
    escaped = {json.dumps(written)[1:-1].encode(), quote(written).encode(), quote(written, safe="@").encode()}
    wide = {written.encode("utf-16-le"), written.encode("utf-16-be")}
    return {
        plain,
        *escaped,
        *wide,
        plain.hex().encode(),
        *shifted(plain),
        *(one for two in wide for one in shifted(two)),
    }


def shifted(plain: bytes) -> Iterator[bytes]:
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(shift) + plain)
        yield whole[first : -4 if (shift + len(plain)) % 3 else None]


NEEDLES = {
    (name, needle)
    for name, value in {**CANARIES, "social security number": NIR}.items()
    for written in spellings(value)
    for needle in bytes_of(written)
}


def found_in(places: Iterable[tuple[str, bytes]]) -> set[str]:
    """« canary in place » for each canary that can be read there."""
    return {f"{name} in {place}" for place, content in places for name, needle in NEEDLES if needle in content}


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under that folder but those the story itself put in `inbox`."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "inbox" not in path.parts:
            yield path.name, path.read_bytes()


def tables(town: Town) -> Iterator[tuple[str, bytes]]:
    """Every table as text, its bytes in hexadecimal and as they are."""
    for table in SQLModel.metadata.tables:
        content = [row.values() for row in rows(town.store, table)]
        raw = b" ".join(one if isinstance(one, bytes) else str(one).encode() for row in content for one in row)
        yield table, raw


def dump(town: Town) -> bytes:
    """What pg_dump writes of the base; nothing on SQLite, whose files are read, or where there is no pg_dump."""
    binaries = testing.postgres_binaries(install=False)
    tool = binaries / "pg_dump" if binaries else None
    if town.store.engine.dialect.name == "sqlite" or tool is None or not tool.exists():
        return b""
    url = make_url(town.store.engine.url).set(drivername="postgresql")
    line = [str(tool), "--dbname", url.render_as_string(hide_password=False)]
    return subprocess.run(line, capture_output=True, check=True).stdout


def copied(town: Town, clock: FixedClock, tmp_path: Path) -> list[tuple[str, bytes]]:
    """A copy of the base and its description, as they are and unpacked."""
    address = town.store.engine.url.render_as_string(hide_password=False)
    settings = instance(tmp_path, address).model_copy(update={"backups": tmp_path / "copies"})
    file = back_up(town.store, settings, clock, report=lambda done, total: None).copy.file
    found = [("copy", file.read_bytes()), ("description of the copy", described_by(file).read_bytes())]
    if file.suffix == ".dump":
        line = [str(program("pg_restore")), "--file=-", str(file)]
        found.append(("copy, unpacked", subprocess.run(line, capture_output=True, check=True).stdout))
        assert b"COPY public.sealed_section" in found[-1][1]
    return found


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trace:
    """Everything temporary in a folder of the test."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "inbox").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return Trace()


def test_nothing_of_her_can_be_read_outside_her_record(
    town: Town, clock: FixedClock, trace: Trace, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock.at = SystemClock().now()
    imported(town, trace, tmp_path)
    ref = lived(town, clock, trace)
    unseen = strangers(town, trace, ref)
    proved(town, ref)
    told = ("logs, headers, output", "\n".join([caplog.text, *trace.said]).encode())
    places = [*files(tmp_path), *tables(town), ("pg_dump", dump(town)), told, *unseen, *copied(town, clock, tmp_path)]
    assert len({name for name, _ in NEEDLES}) == 30
    assert found_in(places) == set()


def imported(town: Town, trace: Trace, tmp_path: Path) -> None:
    """A file through the command line: one person, one cell left out, one row refused."""
    path = tmp_path / "inbox" / "people.csv"
    cell, refused = CANARIES["imported cell left out"], CANARIES["refused row"]
    header = "Prénom;Nom;Date de naissance;Téléphone;E-mail;NIR"
    line = f"{CANARIES['imported name']};{CANARIES['birth name']};{BORN};{CANARIES['phone, dotted']};{cell};{NIR}"
    path.write_text(f"{header}\n{line}\n{refused};;{BORN};;;\n")
    address = town.store.engine.url.render_as_string(hide_password=False)
    own = {"CARTE_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": address, "CARTE_TERRITORY": "valmer"}
    words = ["intake", "people", str(path), "--structure", "pae-centre", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "pathway.cli", *words],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    counts = json.loads(done.stdout)
    assert (done.returncode, counts["created"], len(counts["refused"]), len(counts["warnings"])) == (1, 1, 1, 2)
    trace.said += [done.stdout, done.stderr]


def lived(town: Town, clock: FixedClock, trace: Trace) -> str:
    """Her whole story on the screens of Bruno, Denis and herself; gives her record."""
    bruno = signed_in(town, "bruno")
    ref = created(bruno, trace)
    searched(bruno, trace)
    replaced(bruno, trace, ref)
    corrected(town, bruno, trace, ref)
    erased(bruno, trace, ref)
    step = entered(town, bruno, trace, ref)
    exited = {"reason": CANARIES["exact reason of the exit"], "event_on": f"{clock.now():%d/%m/%Y}"}
    sent(bruno, trace, f"/etapes/{step}/sortie", exited)
    activated(town, bruno, trace, ref)
    clock.move(timedelta(days=40))
    nightly.run_night(town.store, clock, report=lambda step, done, total: None)
    dismissed(town, trace)
    called(signed_in(town, "bruno"), clock, trace, ref)
    return ref


def sent(client: FlaskClient, trace: Trace, path: str, data: dict[str, str], status: int = 303) -> TestResponse:
    answer = trace.kept(client.post(path, data=data))
    assert answer.status_code == status, unescape(answer.get_data(as_text=True))
    return answer


def created(bruno: FlaskClient, trace: Trace) -> str:
    who = {
        "first_name": unicodedata.normalize("NFD", CANARIES["first name"]),
        "last_name": CANARIES["last name"],
        "birth_name": CANARIES["birth name"],
        "birth_date": BORN,
        "phones": CANARIES["phone"],
        "email": CANARIES["e-mail"],
    }
    sent(bruno, trace, "/dossiers/nouveau", {**who, "birth_date": "31/02/1953"}, 422)
    return str(sent(bruno, trace, "/dossiers/nouveau", who).location).rpartition("/")[2]


def searched(bruno: FlaskClient, trace: Trace) -> None:
    name = {"last_name": CANARIES["last name"].upper(), "first_name": CANARIES["first name"], "birth_date": BORN}
    for typed in (
        name,
        {"phone": CANARIES["phone, international"]},
        {"email": CANARIES["e-mail"].upper()},
        {"last_name": CANARIES["typed in a search"], "birth_date": BORN},
        {"last_name": CANARIES["typed in a search"], "birth_date": "99/99/9999"},
    ):
        trace.kept(bruno.post("/recherche", data=typed))
    trace.kept(bruno.get("/recherche", query_string={"last_name": CANARIES["typed in a search"]}))
    trace.kept(bruno.get("/dossiers/" + quote(CANARIES["typed in a search"])))


def replaced(bruno: FlaskClient, trace: Trace, ref: str) -> None:
    """An address that the true one will send to history."""
    path = f"/dossiers/{ref}/informations/contact"
    page = trace.kept(bruno.get(path)).get_data(as_text=True)
    (seq,) = re.findall(r'name="read_seq" value="(\d+)"', page)
    sent(bruno, trace, path, {"address": CANARIES["old answer, erased"], "read_seq": seq})


def erased(bruno: FlaskClient, trace: Trace, ref: str) -> None:
    """That old address, which history alone still holds, erased for good."""
    path = f"/dossiers/{ref}/reponses/address/effacer"
    page = unescape(trace.kept(bruno.get(path)).get_data(as_text=True))
    assert CANARIES["old answer, erased"] in page
    (choice,) = re.findall(r'value="([^"]+)">\s*<span class="conflict-value">9 venelle', page)
    sent(bruno, trace, path, {"choice": choice, "reason": "never_true"})


def corrected(town: Town, bruno: FlaskClient, trace: Trace, ref: str) -> None:
    with town.acting("bruno", write=False) as tx:
        seqs = record_opened(tx, ref).seqs
    said = {
        "contact": {"address": CANARIES["address"], "trusted_contact": CANARIES["trusted contact"]},
        "identity": {"birth_place": CANARIES["birth place"]},
        "situation": {"caf_number": CANARIES["benefit number"]},
    }
    for section, typed in said.items():
        form = {**typed, "read_seq": str(seqs[section])}
        sent(bruno, trace, f"/dossiers/{ref}/informations/{section}", form)
        sent(bruno, trace, f"/dossiers/{ref}/informations/{section}", {**form, next(iter(typed)): "x" * 300}, 422)


def entered(town: Town, bruno: FlaskClient, trace: Trace, ref: str) -> str:
    answers = {
        "postcode": "35000",
        "city": "Rennes",
        "situation": "seeking_job",
        "education_level": "level_4",
        "rome_jobs": "N1104",
        "plie_goal": CANARIES["answer of the scheme's own question"],
        "entered_on": f"{town.clock.now():%d/%m/%Y}",
    }
    sent(bruno, trace, f"/dossiers/{ref}/entree/{town.schemes['plie']}", answers)
    return str(rows(town.store, "enrolment")[0]["id"])


def activated(town: Town, bruno: FlaskClient, trace: Trace, ref: str) -> None:
    page = unescape(sent(bruno, trace, f"/dossiers/{ref}/activation", {}, 200).get_data(as_text=True))
    code = next(word for word in codes_in(page) if word)
    amina, secret = web(town), CANARIES["password"]
    sent(amina, trace, "/activation", {"code": code, "birth_date": "01/01/1950"}, 422)
    sent(amina, trace, "/activation", {"code": code, "birth_date": BORN}, 200)
    chosen = {"code": code, "birth_date": BORN, "password": secret, "again": secret, "email": CANARIES["e-mail"]}
    sent(amina, trace, "/activation/mot-de-passe", chosen)
    for path in ("/mon-parcours", "/mes-informations", "/qui-voit-quoi"):
        assert trace.kept(amina.get(path)).status_code == 200, path
    lost = web(town)
    for login in (CANARIES["e-mail"], secret):
        sent(lost, trace, "/connexion", {"login": login, "password": secret + "!"}, 422)


def codes_in(page: str) -> Iterator[str]:
    letters = set("23456789ABCDEFGHJKMNPQRSTUVWXYZ")
    for word, after in zip(page.split(), page.split()[1:], strict=False):
        pair = (word.rpartition(">")[2], after.partition("<")[0])
        if all(len(one) == 4 and set(one) <= letters for one in pair):
            yield "".join(pair)


def dismissed(town: Town, trace: Trace) -> None:
    alert = rows(town.store, "alert", "WHERE state = 'open'")[0]["id"]
    said = {"reason": "handled", "note": CANARIES["note of an alert"]}
    sent(signed_in(town, "denis"), trace, f"/alertes/{alert}/ecartee", said)


def called(bruno: FlaskClient, clock: FixedClock, trace: Trace, ref: str) -> None:
    today = f"{clock.now():%d/%m/%Y}"
    said = {"channel": "phone", "result": "reached", "made_on": today, "note": CANARIES["note of a contact"]}
    sent(bruno, trace, f"/dossiers/{ref}/contact", {**said, "made_on": "99/99/9999"}, 422)
    sent(bruno, trace, f"/dossiers/{ref}/contact", said)
    for path in (f"/dossiers/{ref}", "/dossiers", "/aujourd-hui"):
        assert trace.kept(bruno.get(path)).status_code == 200, path


def strangers(town: Town, trace: Trace, ref: str) -> list[tuple[str, bytes]]:
    """What Chloé gets at every address of hers, and somebody who is not signed in."""
    step = rows(town.store, "enrolment")[0]["id"]
    ends = ["", "/contact", "/entree", "/informations/contact", "/activation"]
    hers = [f"/etapes/{step}/sortie", *(f"/dossiers/{ref}{end}" for end in ends)]
    chloe, nobody = signed_in(town, "chloe"), web(town)
    answers = [trace.kept(client.get(path)) for client in (chloe, nobody) for path in hers]
    answers += [trace.kept(chloe.post(path, data={})) for path in hers[:3]]
    assert {answer.status_code for answer in answers} <= {302, 404, 405}
    answers += [trace.kept(chloe.get(path)) for path in ("/dossiers", "/aujourd-hui")]
    return [
        (f"what a stranger gets at {answer.request.path}", unescape(answer.get_data(as_text=True)).encode())
        for answer in answers
    ]


def proved(town: Town, ref: str) -> None:
    """The story did put the canaries in: those who may read do."""
    bruno = signed_in(town, "bruno")
    ends = ["", *(f"/informations/{section}" for section in ("contact", "identity", "situation"))]
    pages = "".join(bruno.get(f"/dossiers/{ref}{end}").get_data(as_text=True) for end in ends)
    page = unicodedata.normalize("NFC", unescape(pages))
    shown = ["first name", "last name", "birth name", "birth date, said", "birth place", "phone", "e-mail", "address"]
    for name in (*shown, "trusted contact", "benefit number"):
        assert CANARIES[name] in page, name
    with town.acting("bruno", write=False) as tx:
        assert past_answers(tx, ref, ["address"]) == []
    (trace,) = rows(town.store, "erased_answer")
    assert trace["reason"] == "never_true" and CANARIES["old answer, erased"] not in page
    sealed = {"scheme_exit": "reason", "enrolment": "answers", "contact_attempt": "note", "alert_change": "note"}
    for table, column in sealed.items():
        assert any(row[column] is not None for row in rows(town.store, table)), table


def test_a_canary_would_be_found_however_it_is_written() -> None:
    for name, needle in random.sample(sorted(NEEDLES), 300):
        assert f"{name} in leak" in found_in([("leak", b"before " + needle + b" after")])


def test_a_canary_left_in_the_base_would_be_found_in_its_table_and_in_its_file(town: Town, tmp_path: Path) -> None:
    altered(town.store, "INSERT INTO mark (name, value) VALUES ('leak', :it)", it=CANARIES["address"])
    assert found_in(tables(town)) == {"address in mark"}
    if town.store.engine.dialect.name == "sqlite":
        assert "address in carte.sqlite-wal" in found_in(files(tmp_path))
    elif written := dump(town):
        assert found_in([("pg_dump", written)]) == {"address in pg_dump"}


def test_a_canary_in_the_cookie_of_forms_would_be_found(sqlite_town: Town) -> None:
    trace, told = Trace(), Flask("told")
    told.secret_key = "for this test"  # signs nothing that lasts
    with told.test_request_context() as context:
        context.session["said"] = CANARIES["address"] * 20
        answer = told.process_response(told.make_response(""))
    trace.said += unpacked(f"Set-Cookie: {answer.headers['Set-Cookie'].replace('session=', 'carte_form=')}")
    assert found_in([("cookie", "".join(trace.said).encode())])
