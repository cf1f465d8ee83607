from datetime import timedelta

import pytest

from pathway.casework.documents.actions import forget_documents
from pathway.casework.documents.queries import held_documents, room_of
from pathway.casework.documents.rules import (
    HEAVIEST_OF_PERSON,
    HEAVIEST_OF_STRUCTURE,
    MOST_OF_PERSON,
    HeldKind,
    RemovalReason,
    Sight,
    check_room,
    file_name,
    read_title,
)
from pathway.casework.documents.rules import MediaType as Type
from pathway.casework.journey.queries import records_behind
from pathway.casework.oversight.queries import own_log
from pathway.casework.sharing.rules import Part
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.journal import verify
from tests.casework.agreements.deciding import agree, stop
from tests.casework.documents.scenes import CONTENT, content, give_back, hold, seen, take_away
from tests.casework.enrolments.steps import rows, share, system
from tests.casework.links.pairs import link, two_cards, unlink
from tests.town import FRIDAY, herself, welcome

PATHWAY = Part.PATHWAY.value


def titles(town: Town, ref: str, by: str = "bruno") -> set[str]:
    return {one.title for one in seen(town, ref, by)}


def test_a_paper_is_seen_by_those_it_was_added_for(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", PATHWAY)
    hold(town, amina, title="du PAE", sight=Sight.OWN)
    hold(town, amina, title="du PAE pour tous")
    hold(town, amina, title="d’elle seule", by="herself", sight=Sight.OWN)
    hold(town, amina, title="d’elle pour tous", by="herself")
    assert titles(town, amina, "herself") == {"du PAE", "du PAE pour tous", "d’elle seule", "d’elle pour tous"}
    assert titles(town, amina, "fatou") == {"du PAE", "du PAE pour tous", "d’elle pour tous"}
    assert titles(town, amina, "elise") == {"du PAE pour tous", "d’elle pour tous"}
    assert titles(town, amina, "chloe") == set()


def test_opening_a_paper_is_journalled_and_asks_the_same_right(town: Town) -> None:
    amina = welcome(town)
    alone = hold(town, amina, by="herself", sight=Sight.OWN)
    ours = hold(town, amina)
    assert content(town, amina, ours) == content(town, amina, alone, "herself") == CONTENT
    for document, by in ((alone, "bruno"), (ours, "elise"), (ours, "chloe")):
        with pytest.raises(NotFound):
            content(town, amina, document, by)
    other = welcome(town)
    with pytest.raises(NotFound):
        content(town, other, ours)  # Bruno sees both people: a paper is opened under its own
    with herself(town, amina, write=False) as tx:
        assert {"document_added"} <= {one.action for one in own_log(tx)}
        assert records_behind(tx, [ours]) == [amina]


def test_whoever_does_not_see_the_pathway_sees_and_adds_nothing(town: Town) -> None:
    amina = welcome(town)
    hold(town, amina)
    share(town, amina, "mission-locale", sections={"identity", "contact"})
    assert seen(town, amina, "elise") == []
    with pytest.raises(NotFound):
        hold(town, amina, by="elise")


def test_a_structure_she_stopped_keeps_what_it_added_alone(town: Town) -> None:
    amina = welcome(town)
    hold(town, amina, title="ajouté par nous", sight=Sight.OWN)
    hold(town, amina, title="ajouté par elle", by="herself")
    stop(town, amina, "pae-centre")
    assert titles(town, amina) == {"ajouté par nous"}


def test_a_sensitive_structure_shares_nothing(town: Town) -> None:
    amina = welcome(town, "solene")
    share(town, amina, "pae-centre", sections={"identity", PATHWAY})
    with pytest.raises(Refused, match="n’en sortent pas"):
        hold(town, amina, by="solene")
    hold(town, amina, by="solene", sight=Sight.OWN)
    assert seen(town, amina) == []
    assert len(seen(town, amina, "herself")) == 1


def test_only_who_added_a_paper_takes_it_away(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", PATHWAY)
    ours, hers = hold(town, amina), hold(town, amina, by="herself")
    for document, by in ((ours, "elise"), (hers, "bruno"), (ours, "herself"), (ours, "chloe")):
        with pytest.raises(NotFound):
            take_away(town, amina, document, by=by)
    take_away(town, amina, ours, by="fatou")  # a colleague
    take_away(town, amina, hers, by="herself")
    assert seen(town, amina, "herself") == []
    with pytest.raises(Refused):
        take_away(town, amina, ours)


def test_a_paper_taken_away_comes_back_within_ten_minutes_then_its_key_is_destroyed(
    town: Town, clock: FixedClock
) -> None:
    amina = welcome(town)
    document = hold(town, amina, title="CV")
    take_away(town, amina, document, reason=RemovalReason.HER_WISH)
    with pytest.raises(NotFound):
        content(town, amina, document)
    clock.move(timedelta(minutes=9))
    give_back(town, amina, document)
    assert content(town, amina, document) == CONTENT
    take_away(town, amina, document, reason=RemovalReason.HER_WISH)
    clock.move(timedelta(minutes=10))
    with pytest.raises(Refused, match="dix minutes"):
        give_back(town, amina, document)
    with system(town.store, clock) as tx:
        assert (forget_documents(tx), forget_documents(tx)) == (1, 0)
        tx.journal("test")
    for table in ("data_key", "sealed_section"):
        assert rows(town.store, table, f"WHERE subject_id = '{document}'") == []
    with town.acting("bruno", write=False) as tx:
        (trace,) = held_documents(tx, amina)
        assert (trace.title, trace.reason, room_of(tx, amina).files) == ("", RemovalReason.HER_WISH, 0)
    with town.store.engine.connect() as connection:
        assert verify(connection, town.store.keyring).broken == ()


def test_there_is_room_for_so_many_papers_and_no_more(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    first, *_ = [hold(sqlite_town, amina, title=f"n° {one}") for one in range(MOST_OF_PERSON)]
    for by, words in (("bruno", "Cette personne a déjà 40 documents"), ("herself", "Vous avez déjà 40 documents")):
        with pytest.raises(Refused, match=words) as refused:
            hold(sqlite_town, amina, by=by)
        assert refused.value.field == "paper"
    take_away(sqlite_town, amina, first)
    with pytest.raises(Refused):
        hold(sqlite_town, amina)  # it may still come back: it takes its room until it is destroyed


def test_a_double_click_adds_one_paper(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    first = hold(town, amina, title="de mars")
    with pytest.raises(Conflict, match="double clic"):
        hold(town, amina, title="de mars")
    hold(town, amina, title="d’avril")
    hold(town, amina, title="de mars", content=CONTENT[:-1] + b"!")
    hold(town, amina, title="de mars", kind=HeldKind.DIPLOMA)
    hold(town, amina, title="de mars", by="fatou")
    assert len(seen(town, amina)) == 5
    take_away(town, amina, first)
    hold(town, amina, title="de mars")  # it was taken away: that is meant
    clock.move(timedelta(minutes=2))
    hold(town, amina, title="de mars")


@pytest.mark.parametrize(
    ("weight", "structure_weight", "words"),
    [
        (HEAVIEST_OF_PERSON - 1, 0, "Cette personne a déjà 60 Mo"),
        (0, HEAVIEST_OF_STRUCTURE - 1, "Votre structure a atteint ses 4 Go"),
    ],
)
def test_weights_have_their_sentences(weight: int, structure_weight: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        check_room(size=2, files=0, weight=weight, structure_weight=structure_weight, is_herself=False)
    check_room(size=1, files=0, weight=weight, structure_weight=structure_weight, is_herself=False)


def test_no_kind_names_health_or_justice_and_each_has_a_name_for_its_file() -> None:
    words = " ".join(kind.label.lower() for kind in HeldKind)
    assert not any(word in words for word in ("santé", "médic", "handicap", "justice", "casier", "autre"))
    names = {file_name(kind, Type.PDF, FRIDAY.date()) for kind in HeldKind}
    assert len(names) == len(HeldKind) and "cv-2026-11-20.pdf" in names
    assert read_title("  CV \n de  mars ") == "CV de mars"
    with pytest.raises(Invalid):
        read_title("x" * 81)


def test_neither_its_name_nor_its_content_stands_in_clear(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    hold(sqlite_town, amina, title="CV de soudeuse")
    found = str(rows(sqlite_town.store, "held_document")) + str(rows(sqlite_town.store, "sealed_section"))
    assert "soudeuse" not in found


def test_a_paper_goes_with_its_card(town: Town) -> None:
    mine, theirs = two_cards(town)
    stands = link(town, mine, theirs)
    hold(town, stands, title="de la mission locale", by="elise")
    hold(town, stands, title="du PAE")
    assert titles(town, stands) == {"de la mission locale", "du PAE"}
    unlink(town, mine, theirs)
    assert titles(town, mine) == {"du PAE"}
    assert titles(town, theirs, "elise") == {"de la mission locale"}
