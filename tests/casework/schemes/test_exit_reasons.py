import pytest

from pathway.casework.enrolments.actions import record_exit
from pathway.casework.enrolments.queries import step_seen
from pathway.casework.followup.rules import ExitKind
from pathway.casework.past_steps.rules import reasons_by_name
from pathway.casework.records.spelling import glued
from pathway.casework.schemes.actions import (
    add_exit_reason,
    choose_exit_reasons,
    close_exit_reason,
    reopen_exit_reason,
)
from pathway.casework.schemes.exit_reasons import (
    ALWAYS_OFFERED,
    OWN_KINDS,
    REASONS,
    CejOutcome,
    FseSituation,
    IaeOutcome,
    ReasonDraft,
    check_own_reason,
)
from pathway.casework.schemes.queries import known_reasons, own_reasons, reason_of, reasons_offered, scheme_seen
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter
from tests.town import welcome

PUBLIC = ReasonDraft(
    label="Emploi dans une collectivité",
    kind=ExitKind.DURABLE_JOB,
    iae=IaeOutcome.DURABLE,
    cej=CejOutcome.WORK,
    fse=FseSituation.IN_WORK,
    asks_end=True,
)


def offered(tx: Transaction, town: Town) -> set[str]:
    scheme = scheme_seen(tx, town.schemes["pae"])
    return {one.code for _group, those in reasons_offered(tx, scheme) for one in those}


def test_a_reason_of_the_territory_is_offered_at_once_and_says_what_each_network_calls_it(town: Town) -> None:
    with town.acting("root") as tx:
        code = add_exit_reason(tx, PUBLIC)
    with town.acting("root", write=False) as tx:
        found = reason_of(tx, code)
        assert (found.label, found.kind, found.iae, found.plie) == (PUBLIC.label, PUBLIC.kind, PUBLIC.iae, None)
        assert (found.cej, found.fse, found.asks_end) == (CejOutcome.WORK, FseSituation.IN_WORK, True)
        assert code == "t_emploi_dans_une_collectivite" and code in offered(tx, town)
        assert reasons_by_name(known_reasons(tx).values())[glued("EMPLOI dans une collectivité")] == found


def test_an_exit_opens_the_points_of_its_kind_and_keeps_its_words_once_the_reason_is_closed(town: Town) -> None:
    step = enter(town, welcome(town))
    with town.acting("root") as tx:
        code = add_exit_reason(tx, PUBLIC)
    with town.acting("bruno") as tx:
        done = record_exit(tx, enrolment_id=step.enrolment_id, reason=reason_of(tx, code), event_on=tx.today)
    assert len(done.opened.points) == 4
    with town.acting("root") as tx:
        close_exit_reason(tx, code)
        assert code not in offered(tx, town)
    with town.acting("bruno", write=False) as tx:
        left = step_seen(tx, step.enrolment_id).exit
        assert left is not None and (left.reason, left.said) == (code, PUBLIC.label)


def test_a_reason_is_closed_and_opened_again_never_deleted(town: Town) -> None:
    with town.acting("root") as tx:
        code = add_exit_reason(tx, PUBLIC)
        close_exit_reason(tx, code)
        with pytest.raises(NotFound):
            close_exit_reason(tx, code)
        with pytest.raises(Refused, match="rouvrez-le"):
            add_exit_reason(tx, PUBLIC)
        reopen_exit_reason(tx, code)
        assert [(one.reason.code, one.is_open) for one in own_reasons(tx)] == [(code, True)]
        with pytest.raises(NotFound):
            close_exit_reason(tx, "cdi")


def test_a_scheme_offers_those_chosen_and_always_what_may_happen_to_anybody(town: Town) -> None:
    pae = town.schemes["pae"]
    with town.acting("root") as tx:
        before = scheme_seen(tx, pae).reasons_mark
        assert {one.code for one in REASONS} <= offered(tx, town)
        with pytest.raises(Refused, match="toujours proposés"):
            choose_exit_reasons(tx, pae, codes=["cdi"], seen=before)
        with pytest.raises(Invalid, match="n’existent pas"):
            choose_exit_reasons(tx, pae, codes=["prison", *ALWAYS_OFFERED], seen=before)
        choose_exit_reasons(tx, pae, codes=["cdi", *ALWAYS_OFFERED], seen=before)
    with town.acting("root") as tx:
        assert offered(tx, town) == {"cdi", *ALWAYS_OFFERED}
        with pytest.raises(Conflict):
            choose_exit_reasons(tx, pae, codes=[], seen=before)
        choose_exit_reasons(tx, pae, codes=[], seen=scheme_seen(tx, pae).reasons_mark)
        assert len(offered(tx, town)) == len(REASONS)


@pytest.mark.parametrize(
    "label", ["Incarcération", "Entrée en prison", "Suivi SPIP", "Arrêt maladie", "Problème de santé", "Addictologie"]
)
def test_a_reason_tells_nothing_of_health_private_life_or_justice(label: str) -> None:
    with pytest.raises(Refused, match="Un motif ne dit rien"):
        check_own_reason(ReasonDraft(label=label, kind=ExitKind.NO_SOLUTION))


@pytest.mark.parametrize(
    "label", ["Emploi dans la petite enfance", "Contrat étudiant", "Médiation", "Création d’une SCOP"]
)
def test_trades_and_contracts_are_not_taken_for_secrets(label: str) -> None:
    check_own_reason(ReasonDraft(label=label, kind=ExitKind.SHORT_JOB))


def test_no_reason_of_a_territory_leaves_anybody_without_follow_up() -> None:
    assert ExitKind.CLOSED not in OWN_KINDS and {ExitKind.CLOSED, *OWN_KINDS} == set(ExitKind)
    with pytest.raises(Refused, match="aucun point de suivi"):
        check_own_reason(ReasonDraft(label="Radiation", kind=ExitKind.CLOSED))
    with pytest.raises(Refused, match="ne se termine"):
        check_own_reason(ReasonDraft(label="Radiation", kind=ExitKind.NO_SOLUTION, asks_end=True))
    with pytest.raises(Invalid):
        check_own_reason(ReasonDraft(label="", kind=ExitKind.NO_SOLUTION))
