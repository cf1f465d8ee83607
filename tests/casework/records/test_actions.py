from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from pathway.casework.records.actions import (
    NewPerson,
    create_person,
    create_records,
    edit_section,
    merge_claims,
    save_answers,
    set_referent,
)
from pathway.casework.records.names import Query
from pathway.casework.records.queries import RecordView, found, record_opened, referent_of
from pathway.casework.records.rules import Answer, Gesture, Identity, Section, Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.ids import is_card_number
from tests.casework.enrolments.steps import rows, share
from tests.casework.partners.test_actions import leave_post
from tests.store.hands import broken
from tests.town import AMINA, AMINA_CLAIMS, herself, welcome


def opened(town: Town, record_id: str, by: str = "bruno") -> RecordView:
    with town.acting(by) as tx:
        return record_opened(tx, record_id)


def edited(
    town: Town, record_id: str, section: Section, values: Mapping[str, object], *, seq: int = 1, by: str = "bruno"
) -> bool:
    with town.acting(by) as tx:
        return edit_section(tx, record_id=record_id, section=section, values=values, seq=seq, way=Way.SAID)


def merged(town: Town, record_id: str, claims: Mapping[str, Any], by: str = "bruno") -> bool:
    with town.acting(by) as tx:
        tx.journal("merge", records=[record_id])
        return merge_claims(tx, record_id, claims, way=Way.IMPORTED)


def names_found(town: Town, by: str = "bruno", **query: Any) -> list[str]:
    with town.acting(by) as tx:
        return [one.record_id for one in found(tx, Query(**query))]


def test_a_new_record_has_a_card_a_referent_and_answers_with_their_origin(town: Town) -> None:
    record = opened(town, welcome(town))
    assert record.card.identity == AMINA and is_card_number(record.card.card_number)
    assert record.referent is not None and record.referent.account_id == town.accounts["bruno"]
    phone = record.facts["phones"]
    assert phone.value == AMINA_CLAIMS["phones"]
    assert (phone.provenance.structure_id, phone.provenance.way) == (town.structures["pae-centre"], Way.SAID)
    assert (phone.provenance.on, phone.provenance.by) == (date(2026, 11, 20), town.accounts["bruno"])


def test_every_record_has_its_own_key_and_number(town: Town) -> None:
    people = [NewPerson(identity=AMINA, claims={})] * 3
    with town.acting("bruno") as tx:
        ids = create_records(tx, people, way=Way.SAID, referent_id=None)
        cards = {record_opened(tx, one).card.card_number for one in ids}
    keys = {bytes(row["wrapped"]) for row in rows(town.store, "data_key") if row["subject_id"] in ids}
    assert len(cards) == len(keys) == 3
    assert rows(town.store, "referent") == []


def test_creating_nobody_writes_nothing_about_anybody(town: Town) -> None:
    with town.acting("bruno") as tx:
        assert create_records(tx, [], way=Way.SAID, referent_id=None) == []
        tx.journal("nothing")
    assert rows(town.store, "record") == []


def test_creating_somebody_we_follow_opens_her_record(town: Town) -> None:
    amina = welcome(town)
    again = Identity(first_name="AMINA", last_name="BENKACEM", birth_date=AMINA.birth_date)
    with town.acting("denis") as tx:
        assert create_person(tx, identity=again, claims={}) == (amina, False)
    assert len(rows(town.store, "record")) == 1


def test_creating_somebody_another_structure_follows_answers_as_for_a_stranger(town: Town) -> None:
    amina = welcome(town)
    with town.acting("chloe") as tx:
        hers, is_new = create_person(tx, identity=AMINA, claims={"city": "Rennes"})
        _, is_stranger_new = create_person(
            tx, identity=Identity(first_name="Zoé", last_name="Inconnue", birth_date=date(1990, 1, 1)), claims={}
        )
    assert hers != amina and is_new and is_stranger_new
    assert "situation" not in opened(town, hers, "chloe").facts
    with town.acting("chloe", write=False) as tx, pytest.raises(NotFound):
        record_opened(tx, amina)


def test_somebody_near_is_not_taken_for_her(town: Town) -> None:
    amina = welcome(town)
    twin = Identity(first_name="Amine", last_name="Benkacem", birth_date=AMINA.birth_date)
    with town.acting("bruno") as tx:
        assert create_person(tx, identity=twin, claims={}) != (amina, False)


def test_a_correction_shows_at_once_and_the_old_answer_goes_to_sealed_history(town: Town) -> None:
    amina = welcome(town)
    assert edited(town, amina, Section.CONTACT, {"city": "Angers"})
    assert opened(town, amina).facts["city"].value == "Angers"
    kept = rows(town.store, "fact_history")[0]
    assert (kept["record_id"], kept["section"]) == (amina, "contact")
    assert b"Rennes" not in bytes(kept["blob"])
    with town.acting("bruno", write=False) as tx:
        history = tx.sealing.open_value(amina, "fact_history", kept["id"], bytes(kept["blob"]))
    assert (history["key"], history["fact"]["value"]) == ("city", "Rennes")
    assert broken(town.store) == []


def test_she_is_found_under_her_new_name_and_phone_and_no_longer_by_the_old_phone(town: Town) -> None:
    amina = welcome(town)
    edited(town, amina, Section.IDENTITY, {"last_name": "Delaunay", "birth_name": "Benkacem"})
    edited(town, amina, Section.CONTACT, {"phones": ["07 98 76 54 32"]})
    assert opened(town, amina).card.identity.last_name == "Delaunay"
    for name in ("Delaunay", "Benkacem"):
        assert names_found(town, last_name=name, first_name="amina", birth_date=AMINA.birth_date) == [amina], name
    assert names_found(town, phone="07 98 76 54 32") == [amina]
    assert names_found(town, phone="06 12 34 56 78") == []


def test_empty_answers_leave_what_is_known(town: Town) -> None:
    amina = welcome(town)
    assert not edited(town, amina, Section.CONTACT, {"city": "", "phones": [], "address": None})
    assert opened(town, amina).facts["city"].value == "Rennes"


def test_the_same_answer_again_renews_its_date_and_keeps_its_origin(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    clock.move(timedelta(days=100))
    edited(town, amina, Section.CONTACT, {"city": "Rennes"}, by="denis")
    kept = opened(town, amina).facts["city"].provenance
    assert (kept.by, kept.on, kept.confirmed_on) == (town.accounts["bruno"], date(2026, 11, 20), date(2027, 2, 28))
    assert rows(town.store, "fact_history") == []


def test_an_answer_that_cannot_be_read_names_its_item_and_writes_nothing(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(Invalid) as refusal:
        edited(town, amina, Section.CONTACT, {"city": "Angers", "postcode": "abc"})
    assert refusal.value.field == "postcode"
    assert opened(town, amina).facts["city"].value == "Rennes"


def test_two_counsellors_on_one_section_do_not_overwrite_each_other(town: Town) -> None:
    amina = welcome(town)
    edited(town, amina, Section.CONTACT, {"city": "Angers"}, by="denis")
    with pytest.raises(Conflict):
        edited(town, amina, Section.CONTACT, {"city": "Nantes"})
    edited(town, amina, Section.SITUATION, {"situation": "in_training"})
    assert opened(town, amina).facts["city"].value == "Angers"


def test_nobody_writes_a_section_she_may_not_open(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity"})
    for by, section in (("bruno", Section.HEALTH), ("elise", Section.CONTACT)):
        with pytest.raises(Refused, match="pas accès"):
            edited(town, amina, section, {"rqth": "yes", "city": "Angers"}, seq=0, by=by)
    with pytest.raises(NotFound):
        edited(town, amina, Section.CONTACT, {"city": "Angers"}, by="chloe")


def test_a_file_fills_what_is_missing_and_never_overwrites(town: Town) -> None:
    amina = welcome(town)
    assert merged(town, amina, {"address": "3 rue du Port", "city": "Angers"}, by="denis")
    facts = opened(town, amina).facts
    assert facts["address"].value == "3 rue du Port"
    assert facts["address"].provenance.way is Way.IMPORTED
    assert facts["city"].value == "Rennes"
    assert [rival.value for rival in facts["city"].rivals] == ["Angers"]


def test_the_same_file_again_changes_nothing(town: Town) -> None:
    amina = welcome(town)
    claims = {"address": "3 rue du Port", "city": "Angers", "phones": ["+33612345678"]}
    assert merged(town, amina, claims)
    before = rows(town.store, "sealed_section", "ORDER BY subject_id, section")
    assert not merged(town, amina, claims)
    assert rows(town.store, "sealed_section", "ORDER BY subject_id, section") == before


def test_a_birth_name_from_a_file_makes_her_found_under_it(town: Town) -> None:
    amina = welcome(town)
    merged(town, amina, {"birth_name": "Haddouche"})
    assert names_found(town, last_name="Haddouche", first_name="Amina", birth_date=AMINA.birth_date) == [amina]


def test_what_she_corrected_herself_wins_over_a_file(town: Town) -> None:
    amina = welcome(town)
    with herself(town, amina) as tx:
        edit_section(tx, record_id=amina, section=Section.CONTACT, values={"city": "Angers"}, seq=1, way=Way.CORRECTED)
    merged(town, amina, {"city": "Nantes"})
    city = opened(town, amina).facts["city"]
    assert (city.value, city.rivals) == ("Angers", ())


def test_a_blind_answer_stands_beside_what_others_said_and_is_not_read_back(town: Town) -> None:
    amina = welcome(town)
    with herself(town, amina) as tx:
        edit_section(tx, record_id=amina, section=Section.HEALTH, values={"rqth": "yes"}, seq=0, way=Way.CORRECTED)
    answers = [
        Answer(key="rqth", value=False, gesture=Gesture.ANSWERED),
        Answer(key="aah", value=True, gesture=Gesture.ANSWERED),
        Answer(key="city", value="Angers", gesture=Gesture.CHANGED),
    ]
    with town.acting("bruno") as tx:
        save_answers(tx, record_opened(tx, amina), answers, way=Way.SAID)
    assert opened(town, amina).facts.keys().isdisjoint({"rqth", "aah"})
    with herself(town, amina) as tx:
        facts = record_opened(tx, amina).facts
    assert (facts["rqth"].value, facts["aah"].value, facts["city"].value) == (True, True, "Angers")


def test_a_referent_is_a_colleague_who_follows_people_and_there_is_one_at_a_time(town: Town) -> None:
    amina = welcome(town)
    for stranger in ("chloe", "elise", "theo"):
        with pytest.raises(Refused) as refusal, town.acting("bruno") as tx:
            set_referent(tx, record_id=amina, account_id=town.accounts[stranger])
        assert refusal.value.field == "account_id"
    with town.acting("denis") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["fatou"])
        set_referent(tx, record_id=amina, account_id=town.accounts["fatou"])
        current = referent_of(tx, amina)
    assert current is not None and current.account_id == town.accounts["fatou"]
    assert [row["until_at"] is None for row in rows(town.store, "referent", "ORDER BY from_at, until_at")].count(
        True
    ) == 1
    assert len(rows(town.store, "referent")) == 2


def test_somebody_who_left_cannot_become_referent(town: Town) -> None:
    amina = welcome(town)
    leave_post(town, "fatou", date(2026, 11, 19))
    with pytest.raises(Refused), town.acting("denis") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["fatou"])


def test_a_stranger_names_no_referent(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(NotFound), town.acting("chloe") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["chloe"])


def test_a_structure_that_only_reads_by_agreement_names_no_referent(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"contact"})
    with pytest.raises(Refused, match="n’accompagne pas"), town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])


def test_an_answer_whose_item_left_the_dictionary_is_not_lost_by_writing_another(town: Town) -> None:
    amina = welcome(town)
    with town.acting("bruno") as tx:
        kept = tx.sealing.open(amina, ["contact"])["contact"]
        facts = {**kept.payload["facts"], "fax": kept.payload["facts"]["city"]}
        seq = tx.sealing.write(amina, "contact", {"facts": facts}, seq=kept.seq)
        tx.journal("retire")
    assert edited(town, amina, Section.CONTACT, {"address": "3 rue des Lilas"}, seq=seq)
    with town.acting("bruno") as tx:
        assert merge_claims(tx, amina, {"email": "amina@exemple.fr"}, way=Way.IMPORTED)
        tx.journal("import")
    with town.acting("bruno", write=False) as tx:
        raw = tx.sealing.open(amina, ["contact"])["contact"].payload["facts"]
        assert {"fax", "address", "email"} <= set(raw)
        assert "fax" not in record_opened(tx, amina).facts
