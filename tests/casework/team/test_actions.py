from datetime import date, timedelta

import pytest

from pathway.casework.accounts.queries import account_by_login
from pathway.casework.accounts.rules import AccountState
from pathway.casework.partners.queries import posts
from pathway.casework.partners.rules import Role
from pathway.casework.team.actions import (
    accept_as_known,
    accept_as_new,
    end_habilitation,
    forget_old_invitations,
    prolong,
    resend_invitation,
    revoke_invitation,
    set_account_state,
)
from pathway.casework.team.queries import history, invitations, invited_by_secret, team
from pathway.casework.team.reading import staff_accounts
from pathway.casework.team.rules import ChangeKind
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from pathway.store.actor import Actor
from pathway.store.journal import verify
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import rows, system
from tests.casework.resets.letters import letters
from tests.casework.team.scenes import ADDRESS, UNTIL, invited, invited_in, member_of, secret_in, seen


def accepted(town: Town, secret: str) -> str:
    with system(town.store, town.clock) as tx:
        return accept_as_new(tx, secret, password_hash="x")


def opens(town: Town, secret: str) -> bool:
    with system(town.store, town.clock, write=False) as tx:
        return invited_by_secret(tx, secret) is not None


def test_a_responsable_sees_her_own_structure_by_name_and_nobody_else(town: Town) -> None:
    with town.acting("denis", write=False) as tx:
        names = [one.name for one in team(tx)]
    assert names == sorted(names) and {"Bruno Lemaire", "Fatou Diallo", "Denis Carpentier"} == set(names)


def test_who_invites_is_kept_as_who_habilitated(town: Town) -> None:
    account_id = accepted(town, secret_in(invited(town)))
    with town.acting("denis", write=False) as tx:
        member = next(one for one in team(tx) if one.account_id == account_id)
        (change,) = history(tx, member.membership_id)
        held = posts(tx, account_id)
    assert (member.name, member.until_on, member.is_protected) == ("Claire Nguyen", UNTIL, False)
    assert (change.kind, change.until_on, change.by) == (ChangeKind.GIVEN, UNTIL, "Denis Carpentier")
    assert [post.role for post in held] == [Role.COUNSELLOR]


def test_an_invitation_leaves_as_a_letter_whose_secret_is_nowhere_in_clear(town: Town) -> None:
    sent = invited(town)
    (letter,) = letters(town, "invitation")
    assert (letter.to, letter.path, letter.valid_for) == (ADDRESS, sent.path, "7 jours")
    for table in ("invitation", "letter", "journal_entry", "sealed_section"):
        kept = str(rows(town.store, table))
        assert secret_in(sent) not in kept and ADDRESS not in kept and "Nguyen" not in kept, table


def test_a_link_serves_once_and_seven_days(town: Town, clock: FixedClock) -> None:
    used, old = secret_in(invited(town)), secret_in(invited(town, email="autre@exemple.fr"))
    accepted(town, used)
    with pytest.raises(Refused):
        accepted(town, used)
    clock.move(timedelta(days=7))
    assert not opens(town, old) and not opens(town, "x" * 43)
    with pytest.raises(Refused):
        accepted(town, old)


def test_whom_a_settled_invitation_named_is_forgotten_and_the_journal_still_holds(town: Town) -> None:
    accepted(town, secret_in(invited(town)))
    revoked = invited(town, email="autre@exemple.fr")
    with town.acting("denis") as tx:
        revoke_invitation(tx, revoked.invitation_id)
    assert not opens(town, secret_in(revoked))
    ids = [str(row["id"]) for row in rows(town.store, "invitation")]
    assert not [row for row in rows(town.store, "data_key") if row["subject_id"] in ids]
    with town.acting("root", write=False) as tx:
        assert verify(tx.connection, tx.store.keyring).broken == ()


def test_sending_again_ends_the_earlier_link(town: Town) -> None:
    first = invited(town)
    with town.acting("denis") as tx:
        resend_invitation(tx, first.invitation_id)
    assert not opens(town, secret_in(first))
    assert opens(town, letters(town, "invitation")[-1].path.rpartition("/")[2])


def test_inviting_the_same_address_again_replaces_the_first_invitation(town: Town) -> None:
    first, second = invited(town), invited(town)
    assert not opens(town, secret_in(first)) and opens(town, secret_in(second))
    with town.acting("denis", write=False) as tx:
        assert [one.id for one in invitations(tx)] == [second.invitation_id]


def test_an_account_of_another_structure_gets_the_habilitation_and_keeps_its_password(town: Town) -> None:
    chloe = town.cast["chloe"].email
    sent = invited(town, email=chloe)
    with system(town.store, town.clock) as tx:
        before = account_by_login(tx, chloe)
        accept_as_known(tx, secret_in(sent))
        assert account_by_login(tx, chloe) == before
        held = {post.structure_id for post in posts(tx, town.accounts["chloe"])}
    assert held == {town.structures["passerelle"], town.structures["pae-centre"]}


def test_a_known_address_opens_no_second_account(town: Town) -> None:
    sent = invited(town, email=town.cast["chloe"].email)
    with pytest.raises(Refused):
        accepted(town, secret_in(sent))
    assert opens(town, secret_in(sent))


def test_whoever_works_here_already_is_not_invited_again(town: Town) -> None:
    with pytest.raises(Refused, match="déjà dans votre structure"):
        invited(town, email=town.cast["fatou"].email)


@pytest.mark.parametrize("by", ["bruno", "ines", "theo"])
def test_only_a_responsable_invites(town: Town, by: str) -> None:
    with pytest.raises(NotAllowed):
        invited(town, by=by)


def test_a_responsable_gives_no_role_of_the_territory_and_nothing_elsewhere(town: Town) -> None:
    for role in (Role.REVIEWER, Role.COORDINATOR, Role.OPERATOR):
        with pytest.raises(NotAllowed):
            invited(town, role=role)
    with pytest.raises(NotFound), town.acting("denis") as tx:
        invited_in(tx, email=ADDRESS, role=Role.COUNSELLOR, structure_id=town.structures["plie"])


def test_an_invitation_from_somebody_who_left_is_worth_nothing(town: Town) -> None:
    sent = invited(town)
    denis = member_of(town, "denis")
    operator = Actor(role="operator", structure_id=town.structures["pae-centre"])
    with Transaction(town.store, actor=operator, clock=town.clock, door="cli") as tx:
        end_habilitation(tx, denis.membership_id, last_on=None)
    assert not opens(town, secret_in(sent))


def test_prolonging_moves_the_end_and_says_who_decided(town: Town) -> None:
    bruno = member_of(town, "bruno")
    with town.acting("denis") as tx:
        prolong(tx, bruno.membership_id, until_on=UNTIL)
        (change,) = history(tx, bruno.membership_id)
    assert seen(town, bruno.membership_id).until_on == UNTIL
    assert (change.kind, change.by) == (ChangeKind.PROLONGED, "Denis Carpentier")


@pytest.mark.parametrize("until", [date(2026, 11, 19), date(2029, 11, 21)])
def test_an_end_in_the_past_or_too_far_is_refused(town: Town, until: date) -> None:
    bruno = member_of(town, "bruno")
    with pytest.raises(Invalid), town.acting("denis") as tx:
        prolong(tx, bruno.membership_id, until_on=until)


def test_an_ended_habilitation_holds_no_more_and_a_later_end_still_does(town: Town, clock: FixedClock) -> None:
    bruno, fatou = member_of(town, "bruno"), member_of(town, "fatou")
    with town.acting("denis") as tx:
        end_habilitation(tx, bruno.membership_id, last_on=None)
        end_habilitation(tx, fatou.membership_id, last_on=tx.today + timedelta(days=3))
    assert not held(town, "bruno") and held(town, "fatou")
    clock.move(timedelta(days=3))
    assert held(town, "fatou")
    clock.move(timedelta(days=1))
    assert not held(town, "fatou")
    with pytest.raises(NotFound):
        seen(town, bruno.membership_id)


def held(town: Town, persona: str) -> bool:
    with system(town.store, town.clock, write=False) as tx:
        return bool(posts(tx, town.accounts[persona]))


def test_an_end_in_the_past_or_after_the_present_end_is_no_end(town: Town) -> None:
    bruno = member_of(town, "bruno")
    with town.acting("denis") as tx:
        prolong(tx, bruno.membership_id, until_on=tx.today + timedelta(days=10))
    for days in (-1, 11):
        with pytest.raises(Invalid), town.acting("denis") as tx:
            end_habilitation(tx, bruno.membership_id, last_on=tx.today + timedelta(days=days))


def test_nobody_prolongs_nor_ends_her_own(town: Town) -> None:
    denis = member_of(town, "denis")
    with pytest.raises(Refused), town.acting("denis") as tx:
        prolong(tx, denis.membership_id, until_on=UNTIL)
    with pytest.raises(Refused), town.acting("denis") as tx:
        end_habilitation(tx, denis.membership_id, last_on=None)


@pytest.mark.parametrize("by", ["sylvie", "yvan", "root"])
def test_another_structures_habilitation_does_not_exist_for_her(town: Town, by: str) -> None:
    bruno = member_of(town, "bruno")
    with pytest.raises(NotFound), town.acting(by) as tx:
        prolong(tx, bruno.membership_id, until_on=UNTIL)
    with pytest.raises(NotFound), town.acting(by) as tx:
        end_habilitation(tx, bruno.membership_id, last_on=None)
    sent = invited(town)
    with pytest.raises(NotFound), town.acting(by) as tx:
        revoke_invitation(tx, sent.invitation_id)


def test_a_counsellor_changes_nobodys_habilitation(town: Town) -> None:
    fatou = member_of(town, "fatou")
    with pytest.raises(NotAllowed), town.acting("bruno") as tx:
        end_habilitation(tx, fatou.membership_id, last_on=None)


def test_invitations_nobody_answered_are_forgotten_a_month_later(town: Town, clock: FixedClock) -> None:
    invited(town)
    clock.move(timedelta(days=36))
    with system(town.store, town.clock) as tx:
        assert forget_old_invitations(tx) == 0
        tx.journal("traces")
    clock.move(timedelta(days=2))
    with system(town.store, town.clock) as tx:
        assert forget_old_invitations(tx) == 1
        tx.journal("traces")
    with town.acting("denis", write=False) as tx:
        assert invitations(tx) == []


def test_the_operator_reads_accounts_without_any_name(town: Town) -> None:
    with system(town.store, town.clock) as tx:
        set_account_state(tx, town.accounts["bruno"], AccountState.DISABLED)
        lines = {one.account_id: one for one in staff_accounts(tx)}
    bruno = lines[town.accounts["bruno"]]
    assert (bruno.role, bruno.structure, bruno.state) == ("counsellor", "pae-centre", AccountState.DISABLED)
    assert len(lines) == len(town.accounts) and "Bruno" not in str(lines)


def test_no_other_account_than_a_professionals_is_shut(town: Town) -> None:
    with pytest.raises(NotFound), system(town.store, town.clock) as tx:
        set_account_state(tx, "a" * 26, AccountState.DISABLED)
