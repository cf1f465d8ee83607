from pathway.casework.enrolments.actions import record_exit
from pathway.casework.followup.queries import PointLine
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.counsellor.scenes import entered, move, points, said, valid

ANSWERS = {"situation": "employed", "france_travail_registration": "non", "education_level": "level_4"}


def asked(town: Town) -> tuple[str, PointLine]:
    """Amina, just out of a step with questions on results, and the first of them."""
    ref, step = entered(town, scheme="plie")
    with town.acting("bruno") as tx:
        record_exit(tx, enrolment_id=step, reason=exit_reason("cdi"), event_on=tx.today)
    return ref, next(one for one in points(town, ref) if one.kind.value == "exit_questions")


def test_answers_enter_the_record_and_close_the_questions(town: Town) -> None:
    ref, point = asked(town)
    client = signed_in(town, "bruno")
    page = valid(client.get(f"/points/{point.id}/questions"))
    assert "à poser avant le 18 décembre 2026" in page
    assert "Connu : En recherche d’emploi" in page
    answer = client.post(f"/points/{point.id}/questions", data=ANSWERS)
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    assert "En emploi" in said(client.get(f"/dossiers/{ref}"))
    assert point.id not in [one.id for one in points(town, ref)]


def test_an_answer_is_needed_unless_she_does_not_wish_to(sqlite_town: Town) -> None:
    _, point = asked(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    path = f"/points/{point.id}/questions"
    answer = client.post(path, data={"situation": "employed"})
    assert answer.status_code == 422
    page = valid(answer)
    assert "ou cochez « La personne ne souhaite pas répondre »" in page
    assert 'value="employed" selected' in page or 'selected value="employed"' in page
    assert client.post(path, data={"declined": "y"}).status_code == 303


def test_past_the_limit_they_are_still_asked(sqlite_town: Town) -> None:
    _, point = asked(sqlite_town)
    move(sqlite_town, 30)
    client = signed_in(sqlite_town, "bruno")
    assert "est passée : posez-les quand même" in valid(client.get(f"/points/{point.id}/questions"))
    assert "Poser les questions" in valid(client.get("/aujourd-hui"))


def test_a_call_is_no_answer(sqlite_town: Town) -> None:
    ref, point = asked(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert "Poser les questions" in said(client.get(f"/dossiers/{ref}"))
    assert client.get(f"/points/{points(sqlite_town, ref)[0].id}/questions").status_code == 404
    client.post(f"/points/{point.id}/non-fait", data={"reason": "no_time"})
    assert point.id in [one.id for one in points(sqlite_town, ref)]


def test_asked_from_the_days_list_one_comes_back_to_it(sqlite_town: Town) -> None:
    _, point = asked(sqlite_town)
    move(sqlite_town, 10)
    client = signed_in(sqlite_town, "bruno")
    path = f"/points/{point.id}/questions?back=day"
    assert path in client.get("/aujourd-hui").get_data(as_text=True)
    assert 'name="back" type="hidden" value="day"' in client.get(path).get_data(as_text=True)
    answer = client.post(f"/points/{point.id}/questions", data={**ANSWERS, "back": "day"})
    assert (answer.status_code, answer.location) == (303, "/aujourd-hui")
