import pytest

from pathway.casework.accounts.rules import EventKind
from pathway.casework.factors.actions import (
    forget_factors,
    install_totp,
    make_recovery_codes,
    offer_totp,
    remove_recovery_codes,
    remove_totp,
    use_code,
)
from pathway.casework.factors.queries import factors_of, next_code, offered_seed
from pathway.casework.factors.rules import Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused
from tests.casework.enrolments.steps import rows, system
from tests.town import code_of_now, welcome
from tests.web.jobseeker.lives import at_home


def use(town: Town, code: str, persona: str = "bruno") -> Way | None:
    with system(town.store, town.clock) as tx:
        tx.journal("try")
        return use_code(tx, town.accounts[persona], code)


def test_every_professional_of_the_town_has_her_codes(town: Town) -> None:
    with town.acting("root", write=False) as tx:
        assert all(factors_of(tx, account).totp_since for account in town.accounts.values())
        assert not factors_of(tx, "nobody").has_any


def test_a_code_serves_once_by_the_action_itself(town: Town) -> None:
    code = code_of_now(town, "bruno")
    assert [use(town, code), use(town, code)] == [Way.TOTP, None]


def test_recovery_codes_serve_once_each_and_only_their_owner(town: Town) -> None:
    bruno = town.accounts["bruno"]
    with system(town.store, town.clock) as tx:
        codes = make_recovery_codes(tx, bruno)
    assert len(set(codes)) == 10 and use(town, codes[0], "denis") is None
    assert [use(town, code) for code in codes] == [Way.RECOVERY] * 10
    assert use(town, codes[0]) is None
    with town.acting("root", write=False) as tx:
        assert (factors_of(tx, bruno).recovery_left, factors_of(tx, bruno).has_any) == (0, True)


def test_a_seed_on_offer_proves_nothing_and_replaces_nothing(town: Town) -> None:
    bruno = town.accounts["bruno"]
    with system(town.store, town.clock) as tx:
        offer_totp(tx, bruno)
        assert offered_seed(tx, bruno) != town.cast["bruno"].totp_secret
    assert use(town, code_of_now(town, "bruno")) is Way.TOTP


def test_using_a_code_keeps_the_seed_on_offer(sqlite_town: Town) -> None:
    bruno = sqlite_town.accounts["bruno"]
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        offer_totp(tx, bruno)
        seed = offered_seed(tx, bruno)
    use(sqlite_town, code_of_now(sqlite_town, "bruno"))
    with sqlite_town.acting("root", write=False) as tx:
        assert offered_seed(tx, bruno) == seed


def test_a_professional_keeps_a_device_and_a_person_need_not(sqlite_town: Town) -> None:
    at_home(sqlite_town, welcome(sqlite_town))
    hers = rows(sqlite_town.store, "account", "WHERE kind = 'jobseeker'")[0]["id"]
    for take in (remove_totp, remove_recovery_codes):
        with pytest.raises(Refused), system(sqlite_town.store, sqlite_town.clock) as tx:
            take(tx, sqlite_town.accounts["bruno"])
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        install_totp(tx, hers, sqlite_town.cast["bruno"].totp_secret)
        make_recovery_codes(tx, hers)
        remove_totp(tx, hers)
        remove_recovery_codes(tx, hers)
        assert not factors_of(tx, hers).has_any


def test_forgetting_everything_is_told_to_the_owner(town: Town) -> None:
    bruno = town.accounts["bruno"]
    with system(town.store, town.clock) as tx:
        make_recovery_codes(tx, bruno)
        forget_factors(tx, bruno)
        assert not factors_of(tx, bruno).has_any
    told = rows(town.store, "account_event", f"WHERE account_id = '{bruno}'")
    assert EventKind.FACTOR_REMOVED.value in {row["kind"] for row in told}


def test_the_demonstration_says_the_next_code_when_one_has_served(sqlite_town: Town, clock: FixedClock) -> None:
    bruno = sqlite_town.accounts["bruno"]
    for shift in (0, 1):
        with sqlite_town.acting("root", write=False) as tx:
            code = next_code(tx, bruno)
        assert code == code_of_now(sqlite_town, "bruno", later=shift)
        assert use(sqlite_town, code) is Way.TOTP
    with sqlite_town.acting("root", write=False) as tx:
        assert next_code(tx, bruno) == ""
