"""The copy of a record holds everything of hers, as docs/format-dossier.md says it, and nothing of anybody else."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import SQLModel

from pathway.casework.oversight.queries import own_log
from pathway.casework.partners.queries import structure_names
from pathway.casework.rights import export
from pathway.casework.rights.export import FORMAT, VERSION, whole_record
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotAllowed
from pathway.kernel.settings import ROOT
from tests.casework.rights.lives import whole_life
from tests.town import herself, welcome
from tests.web.counsellor.scenes import ZOE

ROW = re.compile(r"^\| `([a-z_.\[\]]+)` \| (texte|entier|jour|instant|valeur)( \?)? \|", re.MULTILINE)
PUBLISHED = {
    path: (kind, bool(empty)) for path, kind, empty in ROW.findall((ROOT / "docs/format-dossier.md").read_text())
}
CHECKS: dict[str, Callable[[Any], bool]] = {
    "texte": lambda value: isinstance(value, str) and value != "",
    "entier": lambda value: isinstance(value, int),
    "jour": lambda value: date.fromisoformat(value).isoformat() == value,
    "instant": lambda value: datetime.fromisoformat(value).utcoffset() is not None,
    "valeur": lambda value: value is not None,
}


def exported(town: Town, record_id: str) -> dict[str, Any]:
    with herself(town, record_id, write=False) as tx:
        return whole_record(tx)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of the document with its path, as the page writes it; an answer is one value, whatever its shape."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and not path.endswith(".reponse"):
        for one in value:
            yield from leaves(one, f"{path}[]")
    else:
        yield path, value


def test_the_document_is_what_the_format_says(town: Town, clock: FixedClock) -> None:
    document = exported(town, whole_life(town, clock))
    assert (document["format"], document["version"]) == (FORMAT, VERSION) == ("carte-dossier", 1)
    found = list(leaves(json.loads(json.dumps(document))))
    unknown = {path for path, _ in found} - set(PUBLISHED)
    assert unknown <= {"acces_exceptionnels[].verification"}  # null before the review
    for path, value in found:
        kind, may_be_empty = PUBLISHED.get(path, ("texte", True))
        assert (value is None and may_be_empty) or CHECKS[kind](value), (path, value)


def test_everything_published_is_in_a_whole_life(sqlite_town: Town, clock: FixedClock) -> None:
    found = {path for path, _ in leaves(exported(sqlite_town, whole_life(sqlite_town, clock)))}
    never = {one for one in PUBLISHED if one.startswith("acces_exceptionnels[].verification")}
    assert set(PUBLISHED) - found <= never


# Tables about a person that her copy does not read by themselves, and why.
NOT_COPIED = {
    "contest": "read through its query, as « questions »",
    "rights_request": "read through its query, as « demandes »",
    "erased_answer": "read through its query, as « reponses_effacees »",
    "journal_subject": "read through her log, as « journal »",
    "followup_wish": "read by the room itself, as « rythmes_souhaites »",
    "alert": "read by the room itself, as « alertes »",
    "held_document": "read by the room itself, as « vos_documents »",
    "note": "read by the room itself, as « notes »",
    "relay": "read by the room itself, as « relais »",
    "relay_change": "the same",
    "relay_link": "the same",
    "action_plan_line": "read by the room itself, as « plan_d_action »",
    "action_plan_change": "the same",
    "engagement": "read by the room itself, as « contrats_d_engagement »",
    "engagement_change": "the same",
    "walk_in": "read by the room itself, as « passages »",
    "appointment": "read by the room itself, as « rendez_vous »",
    "appointment_change": "told by what the appointment came to",
    "enrolment_stage": "read by the room itself, as « etapes[].phases »",
    "enrolment_move": "told by the structure of each step, and by the log of who passed it on",
    "point_change": "told by the day a point was first planned for",
    "card_link": "told by « numeros_de_carte »",
    "compared_card": "how much was compared: nothing about her",
    "account": "keys of her account are never copied; her own pages show its address and its devices",
    "activation": "the same",
    "card_code": "the same",
    "printed_card": "the same",
    "factor_reset": "the same",
    "archived_record": "her own page « Combien de temps » says it, and her log",
    "last_gesture": "the same",
    "retention_hold": "that it was placed is in her log; its reason is the structure’s, for a litigation",
    "tombstone": "whoever is forgotten has no copy",
}


def test_no_table_about_her_is_forgotten_by_the_copy() -> None:
    about = {name for name, table in SQLModel.metadata.tables.items() if "record_id" in table.columns}
    read = {table.__tablename__ for table in vars(export).values() if hasattr(table, "__tablename__")}
    assert about - read == set(NOT_COPIED)


def test_it_holds_her_words_and_those_written_about_her(sqlite_town: Town, clock: FixedClock) -> None:
    told = json.dumps(exported(sqlite_town, whole_life(sqlite_town, clock)), ensure_ascii=False)
    for words in (
        "Rappeler après 14 h.",
        "Devenir soudeuse",
        "Je ne cherche plus.",
        "C’est corrigé.",
        "Qui est-ce ?",
        "Une collègue.",
        "Urgent.",
        "Brest",
        "35000",
        "35200",
        "Pas de réponse",
        "Rapporter le contrat.",
        "Le car passe trop tôt.",
        "Passer le permis",
        "CE-2026-118",
        "Cherche un CACES 3.",
        "Cherche un CACES 5.",
    ):
        assert words in told, words


def test_it_holds_nothing_of_anybody_else_and_no_internal_id(sqlite_town: Town, clock: FixedClock) -> None:
    other = welcome(sqlite_town, identity=ZOE)
    record_id = whole_life(sqlite_town, clock)
    told = json.dumps(exported(sqlite_town, record_id), ensure_ascii=False)
    accounts = {sqlite_town.accounts[code] for code in ("bruno", "denis", "fatou", "sylvie")}
    ids = {record_id, other, *accounts, *sqlite_town.structures.values(), *sqlite_town.schemes.values()}
    assert not [one for one in ids if one in told]
    assert not [name for name in ("Zoé", "Martin", "Fatou", "Carpentier", "Sylvie") if name in told]
    assert "Bruno" in told  # her référent de parcours, whose name she was given


def test_a_sensitive_structure_is_told_to_her_by_its_true_name(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town, "solene")
    (access,) = exported(sqlite_town, record_id)["acces_ouverts"]
    with sqlite_town.acting("solene", write=False) as tx:
        true_name = _name(tx, sqlite_town.structures["quai-neuf"])
    with sqlite_town.acting("bruno", write=False) as tx:
        neutral = _name(tx, sqlite_town.structures["quai-neuf"])
    assert access["structure"] == true_name != neutral


def _name(tx: Any, structure_id: str) -> str:
    return str(structure_names(tx)[structure_id])


def test_taking_a_copy_is_in_her_log(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with herself(sqlite_town, record_id) as tx:
        whole_record(tx)
    with herself(sqlite_town, record_id, write=False) as tx:
        assert "record_exported" in {line.action for line in own_log(tx)}


@pytest.mark.parametrize("persona", ["bruno", "denis", "ines", "root"])
def test_no_professional_takes_it(sqlite_town: Town, persona: str) -> None:
    welcome(sqlite_town)
    with pytest.raises(NotAllowed), sqlite_town.acting(persona) as tx:
        whole_record(tx)
