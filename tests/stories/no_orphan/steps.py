"""Entries, exits and mistakes, files of people and of past steps, and the rules an exit is followed by."""

from functools import partial

from hypothesis import strategies as st

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.enrolments.actions import cancel_exit
from pathway.casework.intake.actions import import_people
from pathway.casework.lifecycle.actions import close_scheme
from pathway.casework.past_steps.actions import import_steps
from pathway.casework.policies.actions import publish_policy, write_draft
from pathway.casework.policies.rules import DEFAULT_POLICY, Case, PointKind, Policy, days, months, policy_of
from pathway.casework.relays.actions import enter_scheme
from pathway.casework.schemes.exit_reasons import REASONS
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import NotAllowed, Refused
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, leave, system
from tests.casework.links.pairs import TWIN
from tests.casework.policies.policies import CUSTOM
from tests.stories.no_orphan.stage import ACTORS, AHEAD, BACK, CARD, WHICH, Stage, gesture, one_of
from tests.town import AMINA

OWN_SCHEME = {
    "bruno": "pae",
    "denis": "pae",
    "fatou": "pae",
    "elise": "cej",
    "karim": "cej",
    "sylvie": "cej",
    "lucie": "plie",
    "yvan": "plie",
    "nadia": "social",
    "solene": "quai-neuf",
    "chloe": "creation",
}
MOST_CARDS = 4
_WHO = "Prénom;Nom;Date de naissance"
_TOLD_IN_FILES = (
    "CDI",
    "Fin prévue du dispositif, sans solution",
    "Autre formation",
    "Plus de nouvelles de la personne",
    "Retraite",
)

# The least that a policy may hold: one point after each exit.
SPARE = policy_of(
    "spare",
    {
        **{case: ((PointKind.CONTACT, months(4)),) for case in Case},
        Case.SHORT_ACTIVITY: ((PointKind.CONTACT, days(1)),),
        Case.RETIREMENT: ((PointKind.CLOSING_CALL, days(1)),),
    },
    before_end={},
    catch_up=DEFAULT_POLICY.catch_up,
    review_within_days=7,
    holidays=Holidays.ALSACE_MOSELLE,
)
POLICIES = {"default": DEFAULT_POLICY, "custom": CUSTOM, "spare": SPARE}


class Steps(Stage):
    """What opens and ends a step."""

    @gesture(
        often=4, by=ACTORS, other=st.none() | st.sampled_from(["plie", "atelier", "immersion"]), back=BACK, card=CARD
    )
    def enters(self, by: str, other: str | None, back: int, card: int) -> None:
        record_id = self.card(card)
        self.attempt("enters", lambda: self.entry(self.hand(by, record_id), other, back, record_id))

    def entry(self, by: str, other: str | None, back: int, record_id: str) -> None:
        """As the screen does it: the relays received are answered, and what is settled leaves the lists."""
        scheme = other or OWN_SCHEME[by]
        if by not in self.at_work():
            raise NotAllowed
        own = {"idea": "Un commerce"} if scheme == "creation" else {}
        enter(self.town, record_id, by=by, scheme=scheme, on=self.day(-back), through=enter_scheme, **own)
        with self.town.acting(by) as tx:
            clear_settled(tx, record_id=record_id)
            tx.journal("act")

    @gesture(
        often=5,
        when=lambda self: self.any("enrolment", exited_at=[None]),
        which=WHICH,
        reason=st.sampled_from([one.code for one in REASONS]),
        back=st.sampled_from([0, 0, 0, 0, 1, 5, 200]),
        ends=AHEAD,
        review=AHEAD,
        stranger=st.booleans(),
    )
    def leaves(self, which: int, reason: str, back: int, ends: int | None, review: int | None, stranger: bool) -> None:
        step = one_of(self.mine("enrolment", "exited_at IS NULL"), which)
        dates = {"on": self.day(-back)}
        dates |= {"ends_on": self.day(ends)} if ends is not None else {}
        dates |= {"review_on": self.day(review)} if review is not None else {}
        self.attempt(
            "leaves",
            lambda: leave(
                self.town,
                step["id"],
                by="chloe" if stranger and which == 0 else self.worker(step["structure_id"]),
                reason=reason,
                **dates,
            ),
        )

    @gesture(when=lambda self: self.any("scheme_exit", cancelled_at=[None]), which=WHICH)
    def never_left(self, which: int) -> None:
        gone = one_of(self.mine("scheme_exit", "cancelled_at IS NULL"), which)
        step = one_of(self.mine("enrolment", f"id = '{gone['enrolment_id']}'"), 0)
        self.attempt(
            "never_left",
            lambda: self.act(self.worker(step["structure_id"]), cancel_exit, enrolment_id=gone["enrolment_id"]),
        )

    @gesture(
        often=1,
        by=st.sampled_from(["bruno", "elise", "karim", "lucie", "nadia"]),
        since=st.sampled_from([20, 300, 900]),
        lasted=st.none() | st.sampled_from([0, 15, 250]),
        said=st.sampled_from(_TOLD_IN_FILES),
        again=st.booleans(),
    )
    def is_in_a_file_of_steps(self, by: str, since: int, lasted: int | None, said: str, again: bool) -> None:
        first, until = self.day(-since), self.day(-since + lasted) if lasted is not None else None
        end = f"{until:%d/%m/%Y};{said}" if until else ";"
        row = f"{AMINA.first_name};{AMINA.last_name};{AMINA.birth_date:%d/%m/%Y};{{}};{first:%d/%m/%Y};{end}\n"
        schemes = ("plie", OWN_SCHEME[by]) if again else (OWN_SCHEME[by],)
        lines = f"{_WHO};Dispositif;Date d’entrée;Date de sortie;Motif de sortie\n" + "".join(map(row.format, schemes))
        self.attempt("is_in_a_file_of_steps", partial(self.bring_steps, by, lines))

    def bring_steps(self, by: str, lines: str) -> None:
        if by not in self.at_work():
            raise NotAllowed
        path = self.folder / "steps.csv"
        path.write_text(lines, encoding="utf-8")
        if not import_steps(lambda: self.town.acting(by), path=path).created:
            raise Refused("Rien de neuf.")

    @gesture(
        often=1, by=st.sampled_from(["bruno", "elise", "karim", "lucie", "nadia", "solene"]), is_twin=st.booleans()
    )
    def is_in_a_file_of_people(self, by: str, is_twin: bool) -> None:
        who = TWIN if is_twin else AMINA
        lines = f"{_WHO};Ville\n{who.first_name};{who.last_name};{who.birth_date:%d/%m/%Y};Rennes\n"
        self.attempt("is_in_a_file_of_people", partial(self.bring_people, by, lines))

    def bring_people(self, by: str, lines: str) -> None:
        if by not in self.at_work() or len(self.mine("record")) >= MOST_CARDS:
            raise NotAllowed
        path = self.folder / "people.csv"
        path.write_text(lines, encoding="utf-8")
        import_people(lambda: self.town.acting(by), path=path, today=self.today)

    @gesture(
        often=1,
        by=st.sampled_from(["denis", "sylvie", "yvan"]),
        policy=st.sampled_from(list(POLICIES)),
    )
    def rules_change(self, by: str, policy: str) -> None:
        self.attempt("rules_change", partial(self.act, by, _publish, policy=POLICIES[policy]))

    @gesture(often=1, code=st.sampled_from(["pae", "cej", "atelier", "immersion", "social"]))
    def a_scheme_closes(self, code: str) -> None:
        self.attempt("a_scheme_closes", partial(self.shut_scheme, code))

    def shut_scheme(self, code: str) -> None:
        with system(self.town.store, self.clock) as tx:
            close_scheme(tx, self.town.schemes[code])


def _publish(tx: Transaction, *, policy: Policy) -> None:
    publish_policy(tx, version_id=write_draft(tx, policy=policy, scheme_id=None), seq=1, from_on=tx.today)
