"""The doors keep their rules: each view says who may enter, a reading writes nothing, every word can be translated."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlmodel import SQLModel
from werkzeug.routing import Rule

from pathway.casework.enrolments.actions import record_entry, record_exit
from pathway.casework.enrolments.queries import steps
from pathway.casework.followup.queries import open_points
from pathway.casework.records.rules import Answer, Gesture
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.cli import COMMANDS
from pathway.demo.town import Town
from tests.town import signed_in, web, welcome

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
KEBAB = re.compile(r"^(?:/(?:[a-z0-9]+(?:-[a-z0-9]+)*|<[a-z_:]+>))*/?$")
ANSWERED = {"education_level": "level_3", "rome_jobs": ["N1104"]}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ("static", "security_txt")]


def rows(town: Town) -> dict[str, int]:
    journal = {"journal_entry", "journal_head", "journal_subject"}
    left_out = {*journal, "web_session", "usage_count", "usage_seen", "volume_notice"}
    with town.store.engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
            if name not in left_out
        }


def lived(town: Town) -> dict[str, str]:
    """Amina entered and left a scheme: something to show on every page. Gives an id for each name in a path."""
    record_id = welcome(town)
    answers = [Answer(key=key, value=value, gesture=Gesture.ANSWERED) for key, value in ANSWERED.items()]
    with town.acting("bruno") as tx:
        entered = record_entry(
            tx, record_id=record_id, scheme_id=town.schemes["pae"], entered_on=tx.today, answers=answers
        )
        record_exit(tx, enrolment_id=entered.enrolment_id, reason=exit_reason("cdi"), event_on=tx.today)
    with town.acting("bruno", write=False) as tx:
        step = steps(tx, record_id)[0].id
        point = open_points(tx, record_id)[0].id
    return {"record": record_id, "step": step, "point": point, "scheme": town.schemes["plie"], "section": "contact"}


def paths(app: Flask, known: dict[str, str]) -> list[str]:
    """Every path that answers GET, with each known id put in each place: many do not exist, none may write."""
    found = []
    for rule in rules(app):
        if "GET" not in (rule.methods or set()):
            continue
        for value in known.values() if rule.arguments else [""]:
            found.append(re.sub(r"<[^>]+>", value, rule.rule, count=1))
    return [re.sub(r"<[^>]+>", known["scheme"], path) for path in found]


def test_every_view_says_who_may_enter(sqlite_town: Town) -> None:
    app = web(sqlite_town).application
    mute = [rule.endpoint for rule in rules(app) if not hasattr(app.view_functions[rule.endpoint], "permission")]
    assert not mute, f"put @allow or @public on {mute}"


def test_every_path_is_french_kebab_case(sqlite_town: Town) -> None:
    odd = [rule.rule for rule in rules(web(sqlite_town).application) if not KEBAB.fullmatch(rule.rule)]
    assert not odd


@pytest.mark.parametrize("persona", ["bruno", "denis", "theo", "ines", "root"])
def test_reading_writes_nothing_but_its_journal_line(sqlite_town: Town, persona: str) -> None:
    known = lived(sqlite_town)
    client = signed_in(sqlite_town, persona)
    before = rows(sqlite_town)
    answered = {path: client.get(path).status_code for path in paths(client.application, known)}
    assert rows(sqlite_town) == before
    assert 200 in answered.values()
    assert not [path for path, status in answered.items() if status >= 500]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_of_a_page_can_be_translated(path: Path) -> None:
    text = path.read_text()
    text = re.sub(r"\{% block html_class %\}.*?\{% endblock %\}", " ", text)
    text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<svg.*?</svg>|<!--.*?-->|<[^>]*>", " ", text, flags=re.DOTALL)
    words = re.findall(r"[A-Za-zÀ-ÿ]{2,}", text)
    assert not words, f"put these in _(…): {words[:10]}"


def test_every_command_is_in_the_readme() -> None:
    told = (ROOT / "README.md").read_text()
    missing = [name for name in COMMANDS if f"./carte {name}" not in told and f"{name} " not in told]
    assert not missing
