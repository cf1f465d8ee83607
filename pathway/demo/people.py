"""The people of the town: who they are, and the pathway that each of them lived."""

from pathway.casework.records.rules import Way
from pathway.demo.person import Care, DemoPerson, Word, person, step

# Left empty on her entry in the CEJ: these are the two questions that « Parcours PLIE » still has to ask her.
_AMINA_UNKNOWN = {"childcare": None, "desired_hours": None}
_AMINA = person(
    "Amina",
    "Benkacem",
    "2002-04-22",
    step("cej", "elise", 420, 75, "other_structure"),
    step("atelier", "elise", 300, 299, "end_of_scheme"),
    step("pae", "bruno", 68),
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
    person("Yanis", "Aït Slimane", "1994-09-03", step("pae", "bruno", 96), known={"rome_jobs": ["N4105"]}),
    person("Rachid", "Ouali", "1979-01-30", step("pae", "bruno", 265, 30, "cdi", quiet=30)),
    person(
        "Maria", "Ferreira", "1986-11-12", step("pae", "fatou", 240, 41, "cdd_6_months_or_more", lasts=240, quiet=31)
    ),
    person("Gülsüm", "Yıldız", "1990-06-25", step("pae", "bruno", 190, quiet=46)),
    person("Dominique", "Le Goff", "1971-03-08", step("pae", "fatou", 310, quiet=58)),
    person("Moussa", "Traoré", "1996-02-17", step("pae", "bruno", 280, 47, "end_of_scheme")),
    person("Thi Lan", "Nguyen", "1983-12-01", step("pae", "fatou", 300, 52, "contract_ended", care=Care.UNEVEN)),
    person("Sofia", "Pereira", "1988-07-19", step("pae", "bruno", 205, 28, "cdi", quiet=18)),
    person("Ibrahima", "Ba", "1992-10-05", step("pae", "bruno", 160, 7, "cdd_6_months_or_more", lasts=210)),
    person("Céline", "Hervé", "1975-05-14", step("pae", "bruno", 330, 25, "civil_service", quiet=15)),
    person("Karim", "Mansouri", "1989-08-27", step("pae", "bruno", 140, 4, "agency_work", lasts=60)),
    person("Ousmane", "Camara", "1998-04-11", step("pae", "bruno", 175, 10, "apprenticeship", lasts=330, quiet=10)),
    person(
        "Nadège",
        "Kouassi",
        "1984-02-02",
        step("pae", "fatou", 610, 420, "qualifying_training", lasts=150),
        step("formation", "hugo", 405, 335, "cdi"),
    ),
    person(
        "Emre",
        "Demir",
        "1993-01-21",
        step("pae", "bruno", 640, 470, "iae_job", lasts=240),
        step("iae", "marc", 455, 215, "cdi"),
        words=(Word(by="marc", ago=300, answers={"driving_licences": ["b"]}, way=Way.PROOF),),
    ),
    person(
        "Awa",
        "Diarra",
        "1987-09-09",
        step("pae", "fatou", 520),
        step("social", "nadia", 400),
        words=(Word(by="nadia", ago=44, answers={"postcode": "35982", "city": "Port-Lanvier"}, way=Way.IMPORTED),),
    ),
    person(
        "João",
        "Carvalho",
        "1969-06-30",
        step("pae", "bruno", 480, 190, "retirement"),
    ),
    person(
        "Samira",
        "El Amrani",
        "1991-03-16",
        step("pae", "fatou", 430, 250, "cdi", care=Care.UNEVEN),
        birth_name="Bouzid",
    ),
    person(
        "Patrick",
        "Lebreton",
        "1966-10-23",
        step("pae", "bruno", 700, 520, "maximum_duration"),
        step("plie", "lucie", 500),
    ),
    person(
        "Fatima Zahra",
        "Idrissi",
        "1982-12-28",
        step("pae", "fatou", 390),
        step("immersion", "fatou", 120, 108, "end_of_scheme"),
    ),
    person("Tuấn", "Phạm", "1995-05-05", step("pae", "bruno", 360, 200, "business_created")),
    person(
        "Mariam",
        "Coulibaly",
        "1999-08-08",
        step("pae", "fatou", 330, 205, "personal_pause", review=80),
        step("pae", "fatou", 118),
    ),
    person(
        "Hélène",
        "Guégan",
        "1978-04-04",
        step("pae", "bruno", 290),
        step("atelier", "bruno", 150, 149, "end_of_scheme"),
    ),
    person(
        "Sékou",
        "Keïta",
        "1985-01-15",
        step("pae", "fatou", 270, 150, "no_news", care=Care.ELUSIVE),
        step("pae", "fatou", 44),
    ),
    person("Ana", "Lopes", "1990-02-09", step("pae", "bruno", 250, 32, "personal_pause", review=75)),
    person(
        "Bilal",
        "Cherkaoui",
        "1997-11-03",
        step("pae", "bruno", 215, care=Care.UNEVEN),
        known={"contact_hours": ["evening"]},
    ),
    person("Aline", "Rocher", "1964-08-21", step("pae", "fatou", 420, 300, "follow_up_refused")),
    person(
        "Zeynep",
        "Aksoy",
        "1994-12-12",
        step("pae", "bruno", 130),
        step("immersion", "bruno", 60, 48, "end_of_scheme"),
    ),
    person("Mamadou", "Sow", "1988-05-31", step("pae", "fatou", 110)),
    person("Lucas", "Menez", "1999-03-27", step("pae", "fatou", 75), step("atelier", "fatou", 40, 39, "end_of_scheme")),
    person("Khadija", "Berrada", "1976-09-18", step("pae", "bruno", 21)),
    person("Rui", "Mendes", "1992-07-07", step("pae", "fatou", 9)),
)

# Mission locale: Élise's and Karim's young people.
_YOUNG = (
    person("Inès", "Haddouche", "2006-05-13", step("cej", "elise", 210)),
    person("Kévin", "Marchand", "2005-09-29", step("cej", "elise", 250, 60, "apprenticeship", lasts=700)),
    person(
        "Aminata",
        "Fofana",
        "2007-01-08",
        step("cej", "karim", 150),
        step("atelier", "karim", 70, 69, "end_of_scheme"),
    ),
    person(
        "Enzo",
        "Le Bihan",
        "2004-06-17",
        step("cej", "elise", 520, 240, "civic_service", lasts=210),
        step("cej", "elise", 22),
    ),
    person(
        "Nour", "Belkacem", "2003-02-24", step("cej", "elise", 400, 130, "other_structure"), step("pae", "bruno", 121)
    ),
    person(
        "Théo", "Caradec", "2003-11-11", step("cej", "karim", 430, 160, "other_structure"), step("pae", "fatou", 150)
    ),
    person("Minh Anh", "Tran", "2005-04-02", step("cej", "karim", 300, 95, "back_to_school", lasts=280)),
    person("Yassine", "Khelifi", "2004-08-30", step("cej", "karim", 340, 45, "abandoned", care=Care.UNEVEN)),
    person("Océane", "Tanguy", "2006-10-10", step("cej", "elise", 120)),
    person("Abdoulaye", "Diop", "2002-12-19", step("cej", "elise", 560, 330, "cdi", care=Care.UNEVEN)),
    person("Léa", "Fernandes", "2005-07-14", step("cej", "karim", 180, quiet=24)),
    person(
        "Ilyes",
        "Bouaziz",
        "2007-03-03",
        step("cej", "karim", 90, care=Care.UNEVEN),
        known={"phones": ["+33639980007"]},
    ),
    person(
        "Sirine",
        "Bouaziz",
        "2005-03-22",
        step("cej", "elise", 88),
        known={"phones": ["+33639980007"], "phone_is_shared": True},
    ),
    person(
        "Mathis",
        "Rivoal",
        "2003-05-26",
        step("cej", "elise", 600, 300, "age_limit"),
        step("pae", "bruno", 285, 110, "cdd_under_6_months", lasts=100),
    ),
    person(
        "Djeneba",
        "Sissoko",
        "2004-01-31",
        step("cej", "karim", 70),
        step("immersion", "karim", 36, 26, "end_of_scheme"),
    ),
    person("Baran", "Kaya", "2006-02-20", step("cej", "elise", 16)),
)

# PLIE: six came in one file, the others by relay or by themselves.
_PLIE = (
    person("Véronique", "Salaün", "1973-04-25", step("plie", "lucie", 505), is_imported=True),
    person("Hassan", "Ziani", "1980-10-14", step("plie", "lucie", 500, 220, "cdi"), is_imported=True),
    person(
        "Rosa",
        "Almeida",
        "1977-06-06",
        step("plie", "lucie", 498, 140, "qualifying_training", lasts=200),
        is_imported=True,
    ),
    person(
        "Bakary",
        "Konaté",
        "1985-03-29",
        step("plie", "lucie", 495),
        step("clause", "lucie", 260, 90, "end_of_scheme"),
        is_imported=True,
    ),
    person("Chantal", "Prigent", "1968-09-12", step("plie", "lucie", 490), is_imported=True),
    person(
        "Ahmet",
        "Şahin",
        "1989-12-07",
        step("plie", "lucie", 488, 60, "moved_without_relay", care=Care.UNEVEN),
        is_imported=True,
    ),
    person("Leïla", "Hamdi", "1986-08-16", step("plie", "lucie", 320), step("clause", "lucie", 130)),
    person(
        "Stéphane",
        "Morvan",
        "1974-02-11",
        step("plie", "lucie", 280),
        step("formation", "hugo", 100, 45, "end_of_scheme"),
    ),
    person(
        "Kadiatou",
        "Barry",
        "1991-05-20",
        step("social", "nadia", 410, 260, "other_structure"),
        step("plie", "lucie", 250),
    ),
    person("Duc", "Hoang", "1982-01-26", step("clause", "lucie", 170)),
)

# Work integration, social support, training.
_OTHERS = (
    person("Sandrine", "Quéré", "1981-07-23", step("iae", "marc", 350)),
    person("Abdelkader", "Naceri", "1970-11-30", step("iae", "marc", 620, 130, "cdi")),
    person("Pedro", "Gomes", "1993-09-01", step("iae", "marc", 200)),
    person(
        "Fanta",
        "Doumbia",
        "1995-06-12",
        step("iae", "marc", 300, 66, "trial_ended_by_employer"),
        step("iae", "marc", 50),
    ),
    person("Gérard", "Lemoine", "1963-02-14", step("iae", "marc", 520, 240, "retirement")),
    person("Murat", "Özkan", "1987-04-18", step("iae", "marc", 120), step("social", "nadia", 100)),
    person("Josiane", "Kerbrat", "1972-12-05", step("social", "nadia", 460)),
    person(
        "Souleymane",
        "Cissé",
        "1984-10-27",
        step("social", "nadia", 330),
        step("formation", "hugo", 62, 18, "cdd_under_6_months", lasts=120),
    ),
    person(
        "Teresa",
        "Marques",
        "1979-03-21",
        step("social", "nadia", 280, 170, "other_structure"),
        step("pae", "fatou", 162),
    ),
    person("Nabil", "Rahmani", "1990-01-09", step("social", "nadia", 150)),
    person("Corinne", "Bizien", "1976-05-29", step("formation", "hugo", 90, 38, "cdi")),
    person("Omar", "Haidara", "1983-08-03", step("formation", "hugo", 26)),
)

_FOUNDED = (("project", 400), ("financing", 300), ("creation", 215))
# Association Passerelle: Chloé's people, none of whom Amina's structures follow.
_FOUNDERS = (
    person(
        "Élodie",
        "Vasseur-Nkomo",
        "1988-06-02",
        step("creation", "chloe", 450, 180, "business_created", stages=_FOUNDED),
    ),
    person(
        "Habib", "Slimani", "1981-09-24", step("creation", "chloe", 300, stages=(("project", 240), ("financing", 45)))
    ),
    person(
        "Catarina",
        "Rocha",
        "1992-04-30",
        step("creation", "chloe", 260, stages=(("project", 205), ("financing", 100), ("creation", 18))),
        step("atelier", "chloe", 110, 109, "end_of_scheme"),
    ),
    person(
        "Van Hai",
        "Le",
        "1978-02-27",
        step("creation", "chloe", 230, 20, "business_created", stages=(("project", 180), ("creation", 60))),
    ),
    person("Seynabou", "Fall", "1985-12-15", step("creation", "chloe", 190, stages=(("project", 60),))),
    person("Loïc", "Daniel", "1991-10-08", step("creation", "chloe", 105, care=Care.UNEVEN, stages=(("project", 31),))),
    person("Derya", "Arslan", "1994-03-12", step("creation", "chloe", 34)),
    # The same person as Fatou's, welcomed here without her card: only a reviewer may bring the two together.
    person("Awa", "Diarra", "1987-09-09", step("creation", "chloe", 72)),
    # Élodie came to the CCAS too, where half of her name was written: a harder pair for the reviewer.
    person("Elodie", "Vasseur", "1988-06-02", step("social", "nadia", 21)),
)

# Welcomed a second time, without their card: what a reviewer compares. A name cut in two, the name before a marriage,
# a day and a month the wrong way round, a birth date that nobody knew.
_TWICE = (
    person("Amina", "Ben Kacem", "2002-04-22", step("formation", "hugo", 33)),
    person("Samira", "Bouzid", "1991-03-16", step("social", "nadia", 26)),
    person("Fanta", "Doumbia", "1995-12-06", step("social", "nadia", 54)),
    person("Sekou", "Keita", "1985-01-01", step("social", "nadia", 24)),
)

# Rosalie's structure closed, and she did not want the one that takes over: the territory looks for another. Malika left
# a PLIE step that Bruno carried: questions on what it came to wait in his list.
_WAITING = (
    person("Rosalie", "Mbemba", "1981-05-06", step("landes", "odile", 300, 100, "contract_ended")),
    person("Malika", "Zerrouki", "1987-02-14", step("plie", "bruno", 240, 12, "cdi")),
)
# Twice she stopped what was proposed to her: the Point Accueil Emploi wonders what would suit her.
_STOPPED = (
    person(
        "Jeanne",
        "Rakoto",
        "1997-02-26",
        step("pae", "bruno", 300, 210, "abandoned"),
        step("pae", "bruno", 150, 5, "abandoned", quiet=5),
    ),
)

PEOPLE: tuple[DemoPerson, ...] = (
    _AMINA,
    *_DESK,
    *_YOUNG,
    *_PLIE,
    *_OTHERS,
    *_FOUNDERS,
    *_TWICE,
    *_WAITING,
    *_STOPPED,
)
