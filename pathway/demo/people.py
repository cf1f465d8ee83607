"""The people of the town as data: who they are and the steps of their pathway, in days before the day of the seed."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pathway.casework.records.rules import Way
from pathway.kernel.choice import Choice


class Care(Choice):
    """How a step is followed."""

    STEADY = "steady", "Suivi régulier"
    UNEVEN = "uneven", "Suivi irrégulier"
    ELUSIVE = "elusive", "Personne difficile à joindre"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step: scheme, professional, days ago it began and ended.

    `lasts`: days of the contract or training that follows. `review`: days until the review of a pause.
    `quiet`: how many days ago somebody called for the last time.
    """

    scheme: str
    by: str
    began: int
    ended: int | None = None
    reason: str = ""
    lasts: int | None = None
    review: int | None = None
    care: Care = Care.STEADY
    quiet: int | None = None


@dataclass(frozen=True, kw_only=True)
class Word:
    """Answers recorded outside an entry: by whom, days ago, how they came. Imported ones stand beside the others."""

    by: str
    ago: int
    answers: dict[str, Any]
    way: Way = Way.SAID


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """Somebody of the town. `known` fixes some of her answers; the others are drawn."""

    first_name: str
    last_name: str
    birth_date: date
    steps: tuple[Step, ...]
    birth_name: str | None = None
    known: dict[str, Any] = field(default_factory=dict)
    words: tuple[Word, ...] = ()
    is_imported: bool = False

    @property
    def code(self) -> str:
        """First name, surname and the professional who first welcomed her: a twin record has another one."""
        return f"{self.first_name} {self.last_name} ({self.steps[0].by})"


def _step(scheme: str, by: str, began: int, ended: int | None = None, reason: str = "", **more: Any) -> Step:
    return Step(scheme=scheme, by=by, began=began, ended=ended, reason=reason, **more)


def _person(first: str, last: str, born: str, *steps: Step, **more: Any) -> DemoPerson:
    return DemoPerson(first_name=first, last_name=last, birth_date=date.fromisoformat(born), steps=steps, **more)


# Left empty on her entry in the CEJ: these are the two questions that « Parcours PLIE » still has to ask her.
_AMINA_UNKNOWN = {"childcare": None, "desired_hours": None}
_AMINA = _person(
    "Amina",
    "Benkacem",
    "2002-04-22",
    _step("cej", "elise", 420, 75, "other_structure"),
    _step("atelier", "elise", 300, 299, "end_of_scheme"),
    _step("pae", "bruno", 68),
    known={
        **_AMINA_UNKNOWN,
        "housing": "hosted",
        "children": 1,
        "obstacles": ["famille", "logement-hebergement"],
        "digital_autonomy": "alone",
        "rome_jobs": ["K1302", "K1304"],
        "education_level": "level_3",
        "vehicles": ["bike"],
        "contact_channel": "sms",
        "situation": "seeking_job",
        "driving_licences": ["learning"],
        "mobility_zone": 15,
        "city": "Valmer",
        "postcode": "35980",
        "rsa": "open",
        "work_experience": "from_1_to_5_years",
    },
    words=(
        Word(by="bruno", ago=33, answers={"children": 1, "obstacles": ["famille"], "digital_autonomy": "alone"}),
        Word(by="bruno", ago=61, answers={"last_diploma": "CAP petite enfance"}, way=Way.PROOF),
        Word(by="bruno", ago=60, answers={"address": "12 rue des Tanneurs"}),
        # She is put up by friends: the CCAS has another address, and somebody has to ask her.
        Word(by="nadia", ago=22, answers={"address": "3 allée des Peupliers"}, way=Way.IMPORTED),
    ),
)

# Point Accueil Emploi: Bruno's and Fatou's people. The first ones are what Denis and Bruno find today.
_DESK = (
    _person("Yanis", "Aït Slimane", "1994-09-03", _step("pae", "bruno", 96), known={"rome_jobs": ["N4105"]}),
    _person("Rachid", "Ouali", "1979-01-30", _step("pae", "bruno", 265, 30, "cdi", quiet=30)),
    _person(
        "Maria", "Ferreira", "1986-11-12", _step("pae", "fatou", 240, 41, "cdd_6_months_or_more", lasts=240, quiet=31)
    ),
    _person("Gülsüm", "Yıldız", "1990-06-25", _step("pae", "bruno", 190, quiet=46)),
    _person("Dominique", "Le Goff", "1971-03-08", _step("pae", "fatou", 310, quiet=58)),
    _person("Moussa", "Traoré", "1996-02-17", _step("pae", "bruno", 280, 47, "end_of_scheme")),
    _person("Thi Lan", "Nguyen", "1983-12-01", _step("pae", "fatou", 300, 52, "contract_ended", care=Care.UNEVEN)),
    _person("Sofia", "Pereira", "1988-07-19", _step("pae", "bruno", 205, 28, "cdi", quiet=18)),
    _person("Ibrahima", "Ba", "1992-10-05", _step("pae", "bruno", 160, 7, "cdd_6_months_or_more", lasts=210)),
    _person("Céline", "Hervé", "1975-05-14", _step("pae", "bruno", 330, 25, "civil_service", quiet=15)),
    _person("Karim", "Mansouri", "1989-08-27", _step("pae", "bruno", 140, 4, "agency_work", lasts=60)),
    _person("Ousmane", "Camara", "1998-04-11", _step("pae", "bruno", 175, 10, "apprenticeship", lasts=330, quiet=10)),
    _person(
        "Nadège",
        "Kouassi",
        "1984-02-02",
        _step("pae", "fatou", 610, 420, "qualifying_training", lasts=150),
        _step("formation", "hugo", 405, 335, "cdi"),
    ),
    _person(
        "Emre",
        "Demir",
        "1993-01-21",
        _step("pae", "bruno", 640, 470, "iae_job", lasts=240),
        _step("iae", "marc", 455, 215, "cdi"),
        words=(Word(by="marc", ago=300, answers={"driving_licences": ["b"]}, way=Way.PROOF),),
    ),
    _person(
        "Awa",
        "Diarra",
        "1987-09-09",
        _step("pae", "fatou", 520),
        _step("social", "nadia", 400),
        words=(Word(by="nadia", ago=44, answers={"postcode": "35982", "city": "Port-Lanvier"}, way=Way.IMPORTED),),
    ),
    _person(
        "João",
        "Carvalho",
        "1969-06-30",
        _step("pae", "bruno", 480, 190, "retirement"),
    ),
    _person(
        "Samira",
        "El Amrani",
        "1991-03-16",
        _step("pae", "fatou", 430, 250, "cdi", care=Care.UNEVEN),
        birth_name="Bouzid",
    ),
    _person(
        "Patrick",
        "Lebreton",
        "1966-10-23",
        _step("pae", "bruno", 700, 520, "maximum_duration"),
        _step("plie", "lucie", 500),
    ),
    _person(
        "Fatima Zahra",
        "Idrissi",
        "1982-12-28",
        _step("pae", "fatou", 390),
        _step("immersion", "fatou", 120, 108, "end_of_scheme"),
    ),
    _person("Tuấn", "Phạm", "1995-05-05", _step("pae", "bruno", 360, 200, "business_created")),
    _person(
        "Mariam",
        "Coulibaly",
        "1999-08-08",
        _step("pae", "fatou", 330, 205, "personal_pause", review=80),
        _step("pae", "fatou", 118),
    ),
    _person(
        "Hélène",
        "Guégan",
        "1978-04-04",
        _step("pae", "bruno", 290),
        _step("atelier", "bruno", 150, 149, "end_of_scheme"),
    ),
    _person(
        "Sékou",
        "Keïta",
        "1985-01-15",
        _step("pae", "fatou", 270, 150, "no_news", care=Care.ELUSIVE),
        _step("pae", "fatou", 44),
    ),
    _person("Ana", "Lopes", "1990-02-09", _step("pae", "bruno", 250, 32, "personal_pause", review=75)),
    _person(
        "Bilal",
        "Cherkaoui",
        "1997-11-03",
        _step("pae", "bruno", 215, care=Care.UNEVEN),
        known={"contact_hours": ["evening"]},
    ),
    _person("Aline", "Rocher", "1964-08-21", _step("pae", "fatou", 420, 300, "follow_up_refused")),
    _person(
        "Zeynep",
        "Aksoy",
        "1994-12-12",
        _step("pae", "bruno", 130),
        _step("immersion", "bruno", 60, 48, "end_of_scheme"),
    ),
    _person("Mamadou", "Sow", "1988-05-31", _step("pae", "fatou", 110)),
    _person(
        "Lucas", "Menez", "1999-03-27", _step("pae", "fatou", 75), _step("atelier", "fatou", 40, 39, "end_of_scheme")
    ),
    _person("Khadija", "Berrada", "1976-09-18", _step("pae", "bruno", 21)),
    _person("Rui", "Mendes", "1992-07-07", _step("pae", "fatou", 9)),
)

# Mission locale: Élise's and Karim's young people.
_YOUNG = (
    _person("Inès", "Haddouche", "2006-05-13", _step("cej", "elise", 210)),
    _person("Kévin", "Marchand", "2005-09-29", _step("cej", "elise", 250, 60, "apprenticeship", lasts=700)),
    _person(
        "Aminata",
        "Fofana",
        "2007-01-08",
        _step("cej", "karim", 150),
        _step("atelier", "karim", 70, 69, "end_of_scheme"),
    ),
    _person(
        "Enzo",
        "Le Bihan",
        "2004-06-17",
        _step("cej", "elise", 520, 240, "civic_service", lasts=210),
        _step("cej", "elise", 22),
    ),
    _person(
        "Nour", "Belkacem", "2003-02-24", _step("cej", "elise", 400, 130, "other_structure"), _step("pae", "bruno", 121)
    ),
    _person(
        "Théo", "Caradec", "2003-11-11", _step("cej", "karim", 430, 160, "other_structure"), _step("pae", "fatou", 150)
    ),
    _person("Minh Anh", "Tran", "2005-04-02", _step("cej", "karim", 300, 95, "back_to_school", lasts=280)),
    _person("Yassine", "Khelifi", "2004-08-30", _step("cej", "karim", 340, 45, "abandoned", care=Care.UNEVEN)),
    _person("Océane", "Tanguy", "2006-10-10", _step("cej", "elise", 120)),
    _person("Abdoulaye", "Diop", "2002-12-19", _step("cej", "elise", 560, 330, "cdi", care=Care.UNEVEN)),
    _person("Léa", "Fernandes", "2005-07-14", _step("cej", "karim", 180, quiet=24)),
    _person(
        "Ilyes",
        "Bouaziz",
        "2007-03-03",
        _step("cej", "karim", 90, care=Care.UNEVEN),
        known={"phones": ["+33639980007"]},
    ),
    _person(
        "Sirine",
        "Bouaziz",
        "2005-03-22",
        _step("cej", "elise", 88),
        known={"phones": ["+33639980007"], "phone_is_shared": True},
    ),
    _person(
        "Mathis",
        "Rivoal",
        "2003-05-26",
        _step("cej", "elise", 600, 300, "age_limit"),
        _step("pae", "bruno", 285, 110, "cdd_under_6_months", lasts=100),
    ),
    _person(
        "Djeneba",
        "Sissoko",
        "2004-01-31",
        _step("cej", "karim", 70),
        _step("immersion", "karim", 36, 26, "end_of_scheme"),
    ),
    _person("Baran", "Kaya", "2006-02-20", _step("cej", "elise", 16)),
)

# PLIE: six came in one file, the others by relay or by themselves.
_PLIE = (
    _person("Véronique", "Salaün", "1973-04-25", _step("plie", "lucie", 505), is_imported=True),
    _person("Hassan", "Ziani", "1980-10-14", _step("plie", "lucie", 500, 220, "cdi"), is_imported=True),
    _person(
        "Rosa",
        "Almeida",
        "1977-06-06",
        _step("plie", "lucie", 498, 140, "qualifying_training", lasts=200),
        is_imported=True,
    ),
    _person(
        "Bakary",
        "Konaté",
        "1985-03-29",
        _step("plie", "lucie", 495),
        _step("clause", "lucie", 260, 90, "end_of_scheme"),
        is_imported=True,
    ),
    _person("Chantal", "Prigent", "1968-09-12", _step("plie", "lucie", 490), is_imported=True),
    _person(
        "Ahmet",
        "Şahin",
        "1989-12-07",
        _step("plie", "lucie", 488, 60, "moved_without_relay", care=Care.UNEVEN),
        is_imported=True,
    ),
    _person("Leïla", "Hamdi", "1986-08-16", _step("plie", "lucie", 320), _step("clause", "lucie", 130)),
    _person(
        "Stéphane",
        "Morvan",
        "1974-02-11",
        _step("plie", "lucie", 280),
        _step("formation", "hugo", 100, 45, "end_of_scheme"),
    ),
    _person(
        "Kadiatou",
        "Barry",
        "1991-05-20",
        _step("social", "nadia", 410, 260, "other_structure"),
        _step("plie", "lucie", 250),
    ),
    _person("Duc", "Hoang", "1982-01-26", _step("clause", "lucie", 170)),
)

# Work integration, social support, training.
_OTHERS = (
    _person("Sandrine", "Quéré", "1981-07-23", _step("iae", "marc", 350)),
    _person("Abdelkader", "Naceri", "1970-11-30", _step("iae", "marc", 620, 130, "cdi")),
    _person("Pedro", "Gomes", "1993-09-01", _step("iae", "marc", 200)),
    _person(
        "Fanta",
        "Doumbia",
        "1995-06-12",
        _step("iae", "marc", 300, 66, "trial_ended_by_employer"),
        _step("iae", "marc", 50),
    ),
    _person("Gérard", "Lemoine", "1963-02-14", _step("iae", "marc", 520, 240, "retirement")),
    _person("Murat", "Özkan", "1987-04-18", _step("iae", "marc", 120), _step("social", "nadia", 100)),
    _person("Josiane", "Kerbrat", "1972-12-05", _step("social", "nadia", 460)),
    _person(
        "Souleymane",
        "Cissé",
        "1984-10-27",
        _step("social", "nadia", 330),
        _step("formation", "hugo", 62, 18, "cdd_under_6_months", lasts=120),
    ),
    _person(
        "Teresa",
        "Marques",
        "1979-03-21",
        _step("social", "nadia", 280, 170, "other_structure"),
        _step("pae", "fatou", 162),
    ),
    _person("Nabil", "Rahmani", "1990-01-09", _step("social", "nadia", 150)),
    _person("Corinne", "Bizien", "1976-05-29", _step("formation", "hugo", 90, 38, "cdi")),
    _person("Omar", "Haidara", "1983-08-03", _step("formation", "hugo", 26)),
)

# Association Passerelle: Chloé's people, none of whom Amina's structures follow.
_FOUNDERS = (
    _person("Élodie", "Vasseur-Nkomo", "1988-06-02", _step("creation", "chloe", 450, 180, "business_created")),
    _person("Habib", "Slimani", "1981-09-24", _step("creation", "chloe", 300)),
    _person(
        "Catarina",
        "Rocha",
        "1992-04-30",
        _step("creation", "chloe", 260),
        _step("atelier", "chloe", 110, 109, "end_of_scheme"),
    ),
    _person("Van Hai", "Le", "1978-02-27", _step("creation", "chloe", 230, 20, "business_created")),
    _person("Seynabou", "Fall", "1985-12-15", _step("creation", "chloe", 190)),
    _person("Loïc", "Daniel", "1991-10-08", _step("creation", "chloe", 105, care=Care.UNEVEN)),
    _person("Derya", "Arslan", "1994-03-12", _step("creation", "chloe", 34)),
    # The same person as Fatou's, welcomed here without her card: only a reviewer may bring the two together.
    _person("Awa", "Diarra", "1987-09-09", _step("creation", "chloe", 72)),
    # Élodie came to the CCAS too, where half of her name was written: a harder pair for the reviewer.
    _person("Elodie", "Vasseur", "1988-06-02", _step("social", "nadia", 21)),
)

# Welcomed a second time, without their card: what a reviewer compares. A name cut in two, the name before a marriage,
# a day and a month the wrong way round, a birth date that nobody knew.
_TWICE = (
    _person("Amina", "Ben Kacem", "2002-04-22", _step("formation", "hugo", 33)),
    _person("Samira", "Bouzid", "1991-03-16", _step("social", "nadia", 26)),
    _person("Fanta", "Doumbia", "1995-12-06", _step("social", "nadia", 54)),
    _person("Sekou", "Keita", "1985-01-01", _step("social", "nadia", 24)),
)

# Rosalie's structure closed, and she did not want the one that takes over: the territory looks for another. Malika left
# a PLIE step that Bruno carried: questions on what it came to wait in his list.
_WAITING = (
    _person("Rosalie", "Mbemba", "1981-05-06", _step("landes", "odile", 300, 100, "contract_ended")),
    _person("Malika", "Zerrouki", "1987-02-14", _step("plie", "bruno", 240, 12, "cdi")),
)

PEOPLE: tuple[DemoPerson, ...] = (_AMINA, *_DESK, *_YOUNG, *_PLIE, *_OTHERS, *_FOUNDERS, *_TWICE, *_WAITING)
