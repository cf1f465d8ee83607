from datetime import date, timedelta
from pathlib import Path

import pytest

from pathway.casework.past_steps.actions import LOT, ImportedSteps, import_steps
from pathway.casework.past_steps.rules import RESUME_CAP
from pathway.casework.relays.rules import RelayResult
from pathway.casework.schemes.rules import Stage
from pathway.demo.town import Town
from pathway.kernel.errors import Invalid
from tests.casework.enrolments.staged import passed, rewritten
from tests.casework.enrolments.steps import enter, orphans, points, rows, share, steps_of
from tests.casework.relays.scenes import seen, send
from tests.store.hands import broken
from tests.town import AMINA, welcome

HEADER = "Prénom;Nom;Date de naissance;Dispositif;Date d’entrée;Date de sortie;Motif de sortie\n"
AMINA_IS = f"{AMINA.first_name};{AMINA.last_name};{AMINA.birth_date:%d/%m/%Y}"
OLD = f"{AMINA_IS};Parcours PLIE;03/02/2024;14/05/2025;CDI\n"
NEW = f"{AMINA_IS};Parcours PLIE;01/06/2026;02/11/2026;CDI\n"
OPEN = f"{AMINA_IS};pae;05/10/2026;;\n"


def brought(town: Town, folder: Path, lines: str, *, by: str = "bruno", dry_run: bool = False) -> ImportedSteps:
    path = folder / "steps.csv"
    path.write_text(HEADER + lines, encoding="utf-8")
    return import_steps(lambda: town.acting(by), path=path, dry_run=dry_run)


def counts(done: ImportedSteps) -> tuple[int, int, int, int]:
    return done.created, done.exits, done.known, len(done.refused)


def test_a_file_brings_steps_and_exits_with_points_for_each(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    assert counts(brought(town, tmp_path, OLD + NEW + OPEN)) == (3, 2, 0, 0)
    assert [(one.entered_on, one.exit is None) for one in steps_of(town, amina)] == [
        (date(2026, 10, 5), True),
        (date(2026, 6, 1), False),
        (date(2024, 2, 3), False),
    ]
    assert orphans(town) == []
    assert broken(town.store) == []


def test_an_old_exit_is_taken_up_once_and_a_newer_one_keeps_the_points_to_come(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    done = brought(town, tmp_path, OLD + NEW)
    assert done.resumed == 2
    first, *others = points(town, amina)
    assert {first.kind.value, others[0].kind.value} == {"resume", "catch_up"}
    assert first.due_on == others[0].due_on == done.last_resume_on, "one call is asked for one person"
    assert [one.kind.value for one in others[1:]] == ["contact", "contact", "contact"]


def test_bringing_the_same_file_again_changes_nothing(town: Town, tmp_path: Path) -> None:
    welcome(town)
    brought(town, tmp_path, OLD + NEW + OPEN)
    before = rows(town.store, "point", "ORDER BY id")
    assert counts(brought(town, tmp_path, OLD + NEW + OPEN)) == (0, 0, 3, 0)
    assert rows(town.store, "point", "ORDER BY id") == before


def test_the_exit_of_a_step_under_way_is_added_to_it(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    brought(town, tmp_path, OPEN)
    ended = OPEN.replace("05/10/2026;;", "05/10/2026;18/11/2026;Fin de contrat, sans solution")
    assert counts(brought(town, tmp_path, ended)) == (0, 1, 0, 0)
    (step,) = steps_of(town, amina)
    assert step.exit is not None and len(points(town, amina)) == 5


def test_an_exit_before_the_last_stage_is_refused_alone(town: Town, tmp_path: Path) -> None:
    rewritten(town, Stage(key="idea", name="Idée"), Stage(key="project", name="Projet"), code="pae")
    amina = welcome(town)
    step = enter(town, amina, on=date(2026, 10, 5)).enrolment_id
    passed(town, step, "project", by="bruno")
    done = brought(town, tmp_path, OLD + OPEN.replace("05/10/2026;;", "05/10/2026;18/11/2026;CDI"))
    assert counts(done) == (1, 1, 0, 1) and "dernier changement de phase" in done.refused[0].reason


def test_trying_counts_the_same_and_keeps_nothing(town: Town, tmp_path: Path) -> None:
    welcome(town)
    tried = brought(town, tmp_path, OLD + OLD + NEW + OPEN, dry_run=True)
    assert counts(tried) == (3, 2, 1, 0)
    assert rows(town.store, "enrolment") == []
    assert counts(brought(town, tmp_path, OLD + OLD + NEW + OPEN)) == counts(tried)


def test_a_row_of_nobody_we_follow_is_refused_with_what_to_do_and_tells_nothing(town: Town, tmp_path: Path) -> None:
    amina = welcome(town, by="chloe")
    refused = brought(town, tmp_path, OLD).refused
    assert "Importez d’abord les personnes" in refused[0].reason
    share(town, amina, "pae-centre", sections=["*"])
    assert brought(town, tmp_path, OLD).refused == refused, "what is only shared with us is not ours to fill"


def test_a_file_that_begins_with_the_newest_is_read_and_the_step_under_way_stays(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    under_way = enter(town, amina, on=date(2026, 10, 5)).enrolment_id
    older = f"{AMINA_IS};pae;05/01/2026;02/07/2026;CDI\n"
    lines = f"{AMINA_IS};Parcours PLIE;10/11/2026;;\n{NEW}{older}"
    assert counts(brought(town, tmp_path, lines)) == (3, 2, 0, 0)
    open_steps = [one for one in steps_of(town, amina) if one.exit is None]
    assert len(open_steps) == 2 and under_way in [one.id for one in open_steps]
    assert orphans(town) == [] and broken(town.store) == []


def test_a_stay_that_overlaps_another_is_refused_and_the_others_kept(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    over = f"{AMINA_IS};Parcours PLIE;01/01/2025;01/07/2025;CDI\n"
    done = brought(town, tmp_path, OLD + over + NEW)
    assert (done.created, [one.line for one in done.refused]) == (2, [3])
    assert len(steps_of(town, amina)) == 2


def test_old_exits_are_spread_and_capped_for_one_counsellor(sqlite_town: Town, tmp_path: Path) -> None:
    lines = ""
    for number in range(70):
        who = AMINA.__class__(
            first_name=f"Prénom{chr(97 + number // 26)}{chr(97 + number % 26)}",
            last_name="Ndiaye",
            birth_date=date(1980, 1, 1) + timedelta(days=number),
        )
        welcome(sqlite_town, identity=who)
        lines += f"{who.first_name};Ndiaye;{who.birth_date:%d/%m/%Y};pae;03/02/2024;14/05/2025;CDI\n"
    done = brought(sqlite_town, tmp_path, lines)
    assert done.resumed == 70
    days = [date.fromisoformat(row["due_on"]) for row in rows(sqlite_town.store, "point")]
    weeks = [day - timedelta(days=day.weekday()) for day in days]
    assert max(weeks.count(week) for week in weeks) == RESUME_CAP
    assert len(set(weeks)) == 14, "seventy points at five a week"
    assert orphans(sqlite_town) == []


def test_a_lot_cut_short_keeps_the_lots_before_it_and_can_be_run_again(sqlite_town: Town, tmp_path: Path) -> None:
    welcome(sqlite_town)
    stays = "".join(
        f"{AMINA_IS};Atelier CV et entretien;{day:%d/%m/%Y};{day:%d/%m/%Y};Fin prévue du dispositif, sans solution\n"
        for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(LOT + 20))
    )
    path = tmp_path / "steps.csv"
    path.write_text(HEADER + stays, encoding="utf-8")
    opened = []

    def begin():  # type: ignore[no-untyped-def]  # the third transaction is the second lot's
        opened.append(1)
        if len(opened) == 3:
            raise KeyboardInterrupt
        return sqlite_town.acting("bruno")

    with pytest.raises(KeyboardInterrupt):
        import_steps(begin, path=path)
    assert len(rows(sqlite_town.store, "enrolment")) == LOT
    assert counts(import_steps(lambda: sqlite_town.acting("bruno"), path=path)) == (20, 20, LOT, 0)


def test_a_file_without_the_columns_of_a_step_is_refused_whole(sqlite_town: Town, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Prénom;Nom;Date de naissance\nAmina;Benkacem;22/04/1991\n", encoding="utf-8")
    with pytest.raises(Invalid, match="Dispositif"):
        import_steps(lambda: sqlite_town.acting("bruno"), path=path)


def relayed(town: Town) -> tuple[str, str]:
    """Amina, whom the Mission locale supports already, passed on to it."""
    amina = welcome(town)
    share(town, amina, "mission-locale", sections=["*"])
    enter(town, amina, by="elise", scheme="plie")
    return amina, send(town, amina)


def test_a_step_under_way_that_a_file_brings_answers_the_relay_that_waited(town: Town, tmp_path: Path) -> None:
    _, relay = relayed(town)
    brought(town, tmp_path, f"{AMINA_IS};cej;05/10/2026;;\n", by="elise")
    assert seen(town, relay).result is RelayResult.ENTERED


def test_a_step_that_ended_before_the_relay_was_sent_does_not(town: Town, tmp_path: Path) -> None:
    _, relay = relayed(town)
    brought(town, tmp_path, f"{AMINA_IS};cej;05/10/2025;14/10/2025;CDI\n", by="elise")
    assert seen(town, relay).is_pending
