from datetime import timedelta

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.lifecycle.actions import close_structure
from pathway.casework.partners.rules import Role
from pathway.casework.team.actions import (
    accept_as_new,
    acting_in,
    invite_responsable,
    resend_invitation,
    revoke_invitation,
    set_account_state,
)
from pathway.casework.team.queries import invited_by_secret, responsable_of
from pathway.casework.team.reading import (
    invitations_to,
    post_seen,
    posts_of_account,
    staff_accounts,
    staff_posts,
    staff_posts_count,
)
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotAllowed, NotFound, Refused
from tests.casework.enrolments.steps import system
from tests.casework.lifecycle.test_actions import membership
from tests.casework.partners.test_actions import leave_post
from tests.casework.team.scenes import UNTIL, secret_in
from tests.town import welcome


def first_key(town: Town, code: str = "passerelle", email: str = "claire@exemple.fr") -> str:
    """The secret of the invitation of a first responsable, sent by the operator from a screen."""
    with town.acting("root") as tx:
        sent = invite_responsable(
            tx,
            structure_id=town.structures[code],
            email=email,
            first_name="Claire",
            last_name="Nguyen",
            until_on=UNTIL,
        )
    return secret_in(sent)


def test_the_pages_of_the_list_hold_every_post_once(town: Town) -> None:
    with town.acting("root", write=False) as tx:
        count = staff_posts_count(tx)
        pages = [staff_posts(tx, page=number, per_page=4) for number in range(1, count // 4 + 2)]
        assert [one.account_id for page in pages for one in page] == [one.account_id for one in staff_accounts(tx)]
        here = staff_posts(tx, structure_id=town.structures["plie"], page=1, per_page=50)
        assert len(here) == staff_posts_count(tx, structure_id=town.structures["plie"])
    assert {one.structure for one in here} == {"plie"}


def test_an_account_is_read_by_its_id_and_a_person_is_none(town: Town) -> None:
    welcome(town)
    with town.acting("root", write=False) as tx:
        (post,) = posts_of_account(tx, town.accounts["bruno"])
        assert post_seen(tx, post.membership_id) == post and post.role == Role.COUNSELLOR
        for wrong in ("a" * 26, ""):
            with pytest.raises(NotFound):
                posts_of_account(tx, wrong)
            with pytest.raises(NotFound):
                post_seen(tx, wrong)


def test_the_operator_gives_the_first_key_of_a_house_and_no_second(town: Town) -> None:
    secret = first_key(town)
    with system(town.store, town.clock) as tx:
        assert invited_by_secret(tx, secret)
        accept_as_new(tx, secret, password_hash="x")
    with town.acting("root", write=False) as tx:
        assert responsable_of(tx, town.structures["passerelle"])
    with pytest.raises(Refused, match="déjà un·e responsable"):
        first_key(town, email="autre@exemple.fr")


def test_the_key_of_an_operator_who_left_opens_nothing(town: Town, clock: FixedClock) -> None:
    secret = first_key(town)
    with system(town.store, town.clock, write=False) as tx:
        assert invited_by_secret(tx, secret)
    leave_post(town, "root", clock.now().date() - timedelta(days=1))
    with system(town.store, town.clock, write=False) as tx:
        assert invited_by_secret(tx, secret) is None


def test_nobody_makes_herself_responsable_nor_opens_a_closed_house(town: Town) -> None:
    with pytest.raises(Refused) as refusal:
        first_key(town, email=town.cast["root"].email)
    assert refusal.value.field == "email"
    with town.acting("root") as tx:
        close_structure(tx, structure_id=town.structures["passerelle"], heir_id=town.structures["ccas"])
    with pytest.raises(NotFound):
        first_key(town)


def test_the_operator_sends_again_or_takes_back_what_waits_anywhere(town: Town) -> None:
    secret = first_key(town)
    here = town.structures["passerelle"]
    with town.acting("root") as tx:
        (sent,) = invitations_to(tx, here)
        with pytest.raises(NotFound):
            revoke_invitation(tx, sent.id)
        with acting_in(tx, here):
            resend_invitation(tx, sent.id)
    with town.acting("root") as tx:
        assert invited_by_secret(tx, secret) is None
        with acting_in(tx, here):
            revoke_invitation(tx, sent.id)
    with town.acting("root", write=False) as tx:
        assert invitations_to(tx, here) == []


def test_the_responsable_of_another_house_reaches_none_of_it(town: Town) -> None:
    first_key(town)
    with town.acting("denis") as tx:
        (sent,) = invitations_to(tx, town.structures["passerelle"])
        with pytest.raises(NotFound):
            revoke_invitation(tx, sent.id)
        with pytest.raises(NotAllowed), acting_in(tx, town.structures["passerelle"]):
            revoke_invitation(tx, sent.id)
        tx.journal("nothing")
    assert membership(town, "chloe")


def test_nobody_shuts_her_own_account(town: Town) -> None:
    with pytest.raises(Refused), town.acting("root") as tx:
        set_account_state(tx, town.accounts["root"], AccountState.DISABLED)
