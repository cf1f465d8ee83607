from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.counsellor.scenes import left, points, said, valid


def test_a_point_is_put_off_with_a_reason_and_keeps_its_first_day(town: Town) -> None:
    ref, _ = left(town, days_ago=8)
    client, point = signed_in(town, "bruno"), points(town, ref)[0]
    typed = {"reason": "person_asked", "on": "07/12/2026", "version": str(point.version)}
    answer = client.post(f"/points/{point.id}/reporter", data=typed)
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    page = said(client.get(f"/dossiers/{ref}"))
    assert "Point de suivi reporté :" in page
    assert "reporté 1 fois, prévu au départ le" in page
    history = valid(client.get(f"/points/{point.id}/reporter"))
    assert "reporté : la personne le demande" in history
    assert "Bruno" in history


def test_bad_input_is_explained_and_kept(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client, point = signed_in(sqlite_town, "bruno"), points(sqlite_town, ref)[0]
    path = f"/points/{point.id}/reporter"
    for typed, sentence in (
        ({"on": "07/12/2026"}, "Choisissez une raison."),
        ({"reason": "no_time", "on": "07/12/2027", "version": "1"}, "entre demain et le "),
        ({"reason": "no_time", "on": "07/12/2026", "version": "9"}, "vient d’être modifié"),
    ):
        answer = client.post(path, data=typed)
        assert answer.status_code == 422
        assert sentence in valid(answer)
        assert typed["on"] in said(answer)


def test_the_third_time_says_who_else_will_know(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    point_id = points(sqlite_town, ref)[0].id
    for day in ("07/12/2026", "08/12/2026"):
        version = next(one.version for one in points(sqlite_town, ref) if one.id == point_id)
        client.post(f"/points/{point_id}/reporter", data={"reason": "no_time", "on": day, "version": str(version)})
    assert "C’est le troisième report" in valid(client.get(f"/points/{point_id}/reporter"))
