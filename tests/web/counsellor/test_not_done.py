from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.counsellor.scenes import left, points, said, valid


def test_a_point_may_be_noted_not_done_with_a_reason(town: Town) -> None:
    ref, _ = left(town, days_ago=8)
    client = signed_in(town, "bruno")
    point = points(town, ref)[0]
    answer = client.post(f"/points/{point.id}/non-fait", data={"reason": "no_time"})
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    assert point.id not in [one.id for one in points(town, ref)]


def test_the_last_point_says_that_another_follows(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town)
    last = points(sqlite_town, ref)[-1]
    client = signed_in(sqlite_town, "bruno")
    assert "un autre s’ouvrira dans 28 jours" in valid(client.get(f"/points/{last.id}/non-fait"))
    client.post(f"/points/{last.id}/non-fait", data={"reason": "overtaken"})
    assert [one.due_on.isoformat() for one in points(sqlite_town, ref) if one.is_last] == ["2026-12-18"]


def test_a_reason_is_needed(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    for typed in ({}, {"reason": "because"}):
        answer = client.post(f"/points/{points(sqlite_town, ref)[0].id}/non-fait", data=typed)
        assert answer.status_code == 422
        valid(answer)


def test_a_second_click_is_told_it_is_done(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    path = f"/points/{points(sqlite_town, ref)[0].id}/non-fait"
    client.post(path, data={"reason": "no_time"})
    again = client.post(path, data={"reason": "no_time"})
    assert again.status_code == 404
    assert "Ce point de suivi est déjà fait, ou vous n’y avez pas accès." in said(again)


def test_what_comes_next_is_said(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    client.post(f"/points/{points(sqlite_town, ref)[0].id}/non-fait", data={"reason": "no_time"})
    assert "Point de suivi noté « non fait ». Prochain point :" in said(client.get(f"/dossiers/{ref}"))
