"""The examples of what one fills in and sends."""

from pathway.web.components.example import LONG, Example, of

_LINE = '<ul class="plain-list stack">'

INPUTS: tuple[Example, ...] = (
    *of(
        "answer_control",
        ("Un texte", '{{ answer_control(field("r1").name, Thing(kind="text", hint="", width=20, inputmode=none)) }}'),
        ("Un choix refusé", '{{ answer_control(wrong.way, Thing(kind="radios", hint="")) }}'),
    ),
    *of(
        "button",
        ("Principal : un par écran", '{{ button("Enregistrer la sortie", icon_name="exit") }}'),
        ("Secondaire", '{{ button("Noter un contact", "secondary") }}'),
        ("Qui détruit", '{{ button("Effacer le dossier", "danger") }}'),
        ("Discret", '{{ button("Annuler", "quiet", icon_name="undo") }}'),
        ("Petit, dans une liste", '{{ button("Joint", "small", about="Rachid Ouali") }}'),
        ("Texte long", '{{ button("' + LONG + '", "secondary", icon_name="step") }}'),
        arabic='{{ button("حفظ", icon_name="check") }}',
    ),
    *of(
        "call_wishes",
        (
            "Ordinaire",
            '{{ call_wishes(Thing(call=Thing(on=field("w1").day), rhythm=Thing(rhythm='
            'field("w2").way)), {"day_title": "Un jour précis", "day_button": "Noter ce rappel", "rhythm_title": '
            '"Le rythme", "rhythm_button": "Noter ce rythme"}) }}',
        ),
    ),
    *of(
        "checkbox",
        ("Ordinaire", '{{ checkbox(field("c1").present, "Elle a lu avec vous.") }}'),
        ("Refusée", "{{ checkbox(wrong.present) }}"),
    ),
    *of(
        "checkboxes",
        ("Avec une aide par choix", '{{ checkboxes(field("c2").ways, hints=hints) }}'),
        ("Refusées", "{{ checkboxes(wrong.ways) }}"),
    ),
    *of("choice_group", ("Sur une ligne", '{{ choice_group(field("c3").way, "radios", inline=true) }}')),
    *of(
        "conflict",
        (
            "À trancher",
            '{{ conflict("commune", "Où habite la personne ?", [Thing(id="1", value="Rennes", '
            'origin="dit à la mission locale", on=day_past, chosen=false), Thing(id="2", value="Nantes", '
            'origin="dit au PLIE", on=day_to_come, chosen=true)]) }}',
        ),
        (
            "Refusé",
            '{{ conflict("logement", "Quel logement ?", [Thing(id="1", value="Hébergée", origin="dit au CCAS", '
            'on=day_past, chosen=false)], "Choisissez une des réponses.") }}',
        ),
    ),
    *of("date_input", ("Ordinaire", '{{ date_input(field("d1").day) }}'), ("Refusée", "{{ date_input(wrong.day) }}")),
    *of(
        "error_summary",
        ("Avec des refus", "{{ error_summary(wrong) }}"),
        ("Sans rien à corriger : rien", "{{ error_summary(none) }}"),
    ),
    *of(
        "field_frame",
        (
            "Un champ et son aide",
            '{% set one = field("f1").name %}{% call field_frame(one) %}{{ one('
            'class="govuk-input", **{"aria-describedby": one.id ~ "-hint"}) }}{% endcall %}',
        ),
    ),
    *of(
        "file_input",
        ("Ordinaire", '{{ file_input(field("p1").paper, hint="PDF, 10 Mo au plus.") }}'),
        ("Refusé", "{{ file_input(wrong.paper) }}"),
    ),
    *of(
        "form_beside",
        (
            "Une question, et ce qui suit",
            '{% call form_beside(["La personne reçoit un e-mail avec un lien.", "Votre nom est gardé."]) %}'
            '<form action="#">{{ button("Envoyer l’invitation") }}</form>{% endcall %}',
        ),
    ),
    *of("paper_form", ("Ordinaire", '{{ paper_form(field("pf"), "#", "Ajouter le document") }}')),
    *of("parts_explained", ("Ordinaire", '{{ parts_explained(field("pe").way, hints) }}')),
    *of("post_form", ("Ordinaire", '{% call post_form("#") %}{{ button("Enregistrer la note") }}{% endcall %}')),
    *of(
        "radios",
        ("Avec une aide par choix", '{{ radios(field("ra").way, hints=hints) }}'),
        ("Refusés", '{{ radios(refused("rb").way) }}'),
    ),
    *of(
        "roll_line",
        ("Rien de coché", _LINE + '{% call roll_line(field("ro").way, "Yanis Aït Slimane", "#") %}{% endcall %}</ul>'),
        ("Refusée", _LINE + '{% call roll_line(refused("rp").way, "Gülsüm Yıldız", "#") %}{% endcall %}</ul>'),
    ),
    *of("select", ("Ordinaire", '{{ select(field("s1").scheme) }}'), ("Refusé", "{{ select(wrong.scheme) }}")),
    *of(
        "text_input",
        ("Ordinaire", '{{ text_input(field("t1").name, width=20) }}'),
        ("Facultatif", '{{ text_input(field("t2").title) }}'),
        ("Refusé", "{{ text_input(wrong.name) }}"),
    ),
    *of(
        "textarea",
        ("Avec la mise en garde", '{{ textarea(field("n1").note) }}'),
        ("Refusé", "{{ textarea(wrong.note, warning=false) }}"),
    ),
)
