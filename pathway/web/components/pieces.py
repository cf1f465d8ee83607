"""The examples of what one reads and follows."""

from pathway.web.components.example import LONG, Example, of

_TASK = '<ul class="tasks plain-list">{% call task_line('
_ALERT = '<ul class="alerts plain-list">{% call alert_line('
_ACCESS = '<ul class="accesses plain-list">{% call access_line('
_LINE = '<ul class="plain-list stack">'

PIECES: tuple[Example, ...] = (
    *of(
        "access_line",
        (
            "Ordinaire",
            _ACCESS + '"PLIE du Bassin", "Parcours et coordonnées", day_to_come) %}'
            '{{ button("Arrêter le partage", "small") }}{% endcall %}</ul>',
        ),
        (
            "Sans fin, avec sa raison",
            _ACCESS + '"Mission locale", "Tout le dossier", "sans date de fin", '
            '"Vous avez signé cet accord le 3 mars.") %}{{ button("Cacher une partie", "small") }}{% endcall %}</ul>',
        ),
    ),
    *of(
        "alert_line",
        (
            "À traiter vite",
            _ALERT + '"34 jours sans contact après sa sortie.", "high", "Rachid Ouali", "#", '
            '["Dernier contact le 13 octobre."], day_past) %}{{ button("Contact", "small") }}{% endcall %}</ul>',
        ),
        ("À surveiller, sans nom", _ALERT + '"Aucun rendez-vous prévu.", "medium") %}{% endcall %}</ul>'),
    ),
    *of(
        "back_link",
        ("Ordinaire", '{{ back_link("Dossier d’Amina Benkacem", "#") }}'),
        ("Texte long", '{{ back_link("' + LONG + '", "#") }}'),
        arabic='{{ back_link("رجوع", "#") }}',
    ),
    *of(
        "card",
        ("Une feuille", '{% call card("Documents") %}<p>Un sujet, ses lignes, un geste.</p>{% endcall %}'),
        ("Ce qui vient", '{% call card("Ensuite", kind="next") %}<p>Lundi 8 mars.</p>{% endcall %}'),
        ("En retard", '{% call card("À reprendre", kind="late") %}<p>Depuis 12 jours.</p>{% endcall %}'),
        ("Discrète", '{% call card("Sur le papier même", kind="quiet") %}<p>Sans bord.</p>{% endcall %}'),
    ),
    *of(
        "day",
        (
            "Les quatre façons",
            '{% for said in ["weekday", "date", "distance", "month"] %}<p>{{ day(day_past, said) }}</p>{% endfor %}',
        ),
        arabic="{{ day(day_past) }}",
    ),
    *of(
        "definition_list",
        (
            "Avec un lien",
            '{{ definition_list([("Adresse", "12 rue du Port"), ("Téléphone", '
            '"06 39 98 01 00", Thing(label="Modifier", href="#"))]) }}',
        ),
    ),
    *of(
        "details",
        ("Fermé", '{% call details("Voir 3 points passés") %}<p>Le détail.</p>{% endcall %}'),
        ("Ouvert", '{% call details("Voir 1 point passé", open=true) %}<p>Repris le 3 mars.</p>{% endcall %}'),
    ),
    *of(
        "empty_state",
        (
            "Rien encore",
            '{{ empty_state("Aucun relais en attente.", "Un relais envoyé ici apparaît '
            'avec le dossier partagé.", "relay") }}',
        ),
        (
            "Avec un geste",
            '{% call empty_state("Aucun atelier.", "Un atelier réunit plusieurs rendez-vous.", "people") '
            '%}{{ link_button("Prévoir un atelier", "#") }}{% endcall %}',
        ),
    ),
    *of(
        "fact_line",
        *(
            (
                said,
                '<dl class="facts">{{ fact_line("Commune", '
                + value
                + ', "dit au PLIE", day_past, "'
                + state
                + '") }}</dl>',
            )
            for state, said, value in (
                ("fresh", "À jour", '"Rennes"'),
                ("stale", "À confirmer", '"Rennes"'),
                ("missing", "À demander", "none"),
                ("conflict", "Deux réponses", '"Rennes"'),
                ("private", "Pour elle seule", '"Rennes"'),
                ("hidden", "Masquée", '"Rennes"'),
            )
        ),
    ),
    *of(
        "fact_list",
        (
            "Ordinaire",
            '{% call fact_list() %}<div class="fact"><dt>Permis</dt><dd class="fact-value">B</dd></div>{% endcall %}',
        ),
    ),
    *of(
        "figure",
        ("Un nombre et son tout", '{{ figure(7, "sorties suivies", of=19, href="#") }}'),
        ("Aucun", '{{ figure(0, "point en retard") }}'),
    ),
    *of(
        "filter_bar",
        (
            "Un choix tenu",
            '{{ filter_bar("Ce que montre la liste", [Thing(label="Tout", href="#", '
            'current=true, count=none), Thing(label="En retard", href="#", current=false, count=4)]) }}',
        ),
    ),
    *of(
        "icon",
        (
            "Toujours avec un mot",
            "{% for name in ['phone', 'calendar', 'place', 'person', 'late', 'done', "
            "'lock'] %}<p>{{ icon(name) }}{{ name }}</p>{% endfor %}",
        ),
    ),
    *of(
        "inset",
        *(
            (kind, '{% call inset("' + kind + '") %}<p>Une remarque à côté du texte.</p>{% endcall %}')
            for kind in ("info", "next", "risk", "late", "private")
        ),
        arabic='{% call inset("info") %}<p>ملاحظة بجانب النص.</p>{% endcall %}',
    ),
    *of("instant", ("Ordinaire", "{{ instant(at) }}")),
    *of(
        "languages",
        ("Le français est choisi", '{{ language_choice(languages, "fr", language_href, "/composants") }}'),
        macro="language_choice",
    ),
    *of(
        "link_button",
        ("Principal", '{{ link_button("Ouvrir le rendez-vous", "#", icon_name="calendar") }}'),
        ("Secondaire", '{{ link_button("Noter un contact", "#", "secondary", icon_name="phone") }}'),
        ("Discret", '{{ link_button("Reporter", "#", "quiet") }}'),
        ("Petit", '{{ link_button("Tout le plan", "#", "small", icon_name="goal") }}'),
    ),
    *of(
        "month_bars",
        (
            "Ordinaire",
            '{{ month_bars("Réponses par mois", "Deux mois.", [("oct.", 12, 4), ("nov.", 9, 7)], '
            '"reprises", "posées") }}',
        ),
    ),
    *of(
        "next_step",
        (
            "Avec des gestes",
            '{% call next_step("Rendez-vous", on=day_to_come, at="10 h 00", place="12 rue du Port", '
            'with_whom="Bruno Lemaire", text="Garde d’enfants") %}{{ link_button("Ouvrir le rendez-vous", "#") }}'
            "{% endcall %}",
        ),
        ("En retard", '{{ next_step("Prendre des nouvelles", label="Prochaine étape, en retard", on=day_past) }}'),
        ("Texte long", '{{ next_step("' + LONG + '") }}'),
        arabic='{{ next_step("موعد", on=day_to_come, at="10:00", with_whom="Bruno Lemaire") }}',
    ),
    *of(
        "notice",
        *((kind, '{{ notice("Sortie enregistrée.", "' + kind + '") }}') for kind in ("done", "info", "next", "late")),
        ("À annuler", '{{ notice("Note retirée.", undo=Thing(label="Remettre la note", href="#", fields={})) }}'),
    ),
    *of(
        "pagination",
        ("Au milieu", '{{ pagination(2, 4, "#", "#") }}'),
        ("Au début", '{{ pagination(1, 4, none, "#") }}'),
        ("Une seule page : rien", "{{ pagination(1, 1, none, none) }}"),
    ),
    *of(
        "paper_line",
        (
            "Gardé",
            _LINE + '{{ paper_line(Thing(name="CV", gone="", more="PDF, 120 Ko", on=day_past, by="vous", '
            'seen_by="vu par les structures qui la suivent", open_href="#", remove_href="#")) }}</ul>',
        ),
        (
            "Retiré",
            _LINE + '{{ paper_line(Thing(name="Ancien CV", gone="Retiré aujourd’hui : détruit dans 10 minutes.", '
            'restore_href="#")) }}</ul>',
        ),
    ),
    *of(
        "path_line",
        (
            "Sur son chemin",
            '<ol class="path plain-list">{% call path_line("goal", "Déposer la demande de logement", on='
            'day_to_come) %}<a href="#">Voir mon plan</a>{% endcall %}{% call path_line("phone", "Nous vous appelons", '
            'text="Vous n’avez rien à préparer.") %}<a href="#">Choisir quand être appelé·e</a>{% endcall %}</ol>',
        ),
        arabic='<ol class="path plain-list">{% call path_line("phone", "سنتصل بك", on=day_to_come) %}<a href="#">اختيار'
        " الوقت</a>{% endcall %}</ol>",
    ),
    *of(
        "persona_line",
        (
            "Ordinaire",
            '<ul class="personas plain-list">{% call persona_line("Bruno", "Conseiller·ère", '
            '"Ouvrir un dossier") %}{{ button("Entrer comme Bruno") }}{% endcall %}</ul>',
        ),
    ),
    *of(
        "person_head",
        (
            "Ordinaire",
            '{% call person_head("Amina Benkacem", 24, "Bruno Lemaire, PAE Centre", '
            '"06 39 98 01 00", ["préfère un SMS"], ["CCAS"]) %}{{ tag("risk", "risque de rupture") }}{% endcall %}',
        ),
        ("Presque rien", '{{ person_head("João Carvalho", 31) }}'),
    ),
    *of(
        "phone_link",
        ("Ordinaire", '{{ phone_link("06 39 98 01 00", "Amina") }}'),
        arabic='{{ phone_link("06 39 98 01 00", "Amina") }}',
    ),
    *of(
        "plan_preview",
        (
            "Avant de dire oui",
            '{{ plan_preview([Thing(on=day_to_come, what="Prendre des nouvelles", '
            'owner="Bruno Lemaire", note="Le 22 est un dimanche.")]) }}',
        ),
    ),
    *of("print_button", ("Caché sans JavaScript", "{{ print_button() }}")),
    *of("progress", ("En cours", '{{ progress("Lignes lues", 120, 480) }}')),
    *of("qr", ("Toujours sombre sur clair", '<div class="qr-frame">{{ qr(drawing, "Une adresse d’exemple") }}</div>')),
    *of(
        "reach_links",
        (
            "Joignable",
            '{{ reach_links(Thing(phones=["06 39 98 01 00"], may_write=true, '
            'email="amina@exemple.invalid"), "Amina") }}',
        ),
        ("Aucun numéro", '{{ reach_links(Thing(phones=[], may_write=false, email=""), "Amina") }}'),
    ),
    *of(
        "relay_line",
        (
            "En route",
            '{{ relay_line("Où en est le relais", [Thing(label="Envoyé", is_reached=true, '
            'is_current=false), Thing(label="Reçu", is_reached=true, is_current=true), Thing(label="Rendez-vous", '
            "is_reached=false, is_current=false)]) }}",
        ),
    ),
    *of(
        "spread",
        (
            "Ordinaire",
            '{{ spread("Délai des relais", ("Délai", "Relais"), [Thing(label="Moins de 8 jours", '
            'said="7 sur 19", share="37 %", width=37, href="#"), Thing(label="Sans suite", said="0 sur 19", share="", '
            "width=0, href=none)]) }}",
        ),
    ),
    *of(
        "table",
        (
            "Qui défile",
            '{{ table("Points tenus", ("Structure", "Tenus"), [["PAE Centre", 12], ["CCAS", 7]], numeric=[1]) }}',
        ),
        (
            "Qui s’empile sur un téléphone",
            '{{ table("Points en retard", ("Structure", "En retard"), [["PAE Centre", 2]], '
            "numeric=[1], stacks=true) }}",
        ),
    ),
    *of(
        "tag",
        *(
            (state, '{{ tag("' + state + '", "' + said + '") }}')
            for state, said in (
                ("next", "Bientôt"),
                ("done", "Fait"),
                ("late", "En retard"),
                ("risk", "Risque de rupture"),
                ("info", "En cours"),
                ("private", "Visible par vous seule"),
                ("paused", "En pause"),
                ("plain", "À demander"),
            )
        ),
        arabic='{{ tag("done", "تم") }}',
    ),
    *of(
        "task_line",
        (
            "En retard",
            _TASK + '"Rachid Ouali", "#", "Prendre des nouvelles", "sorti il y a 30 jours", day_past, "late", '
            '"06 39 98 01 02", ["préfère un appel"]) %}{{ button("Joint", "small") }}{% endcall %}</ul>',
        ),
        ("À venir", _TASK + '"Zeynep Aksoy", "#", "Vérifier la réception", none, day_to_come) %}{% endcall %}</ul>'),
        ("Fait", _TASK + '"Malika Zerrouki", "#", "Prendre des nouvelles", state="done") %}{% endcall %}</ul>'),
    ),
    *of(
        "territory_line",
        (
            "Nommé et joignable",
            '{{ territory_line(Thing(name="Bassin de Valmer", is_reached=true, reach="02 99 00 00 00")) }}',
        ),
    ),
    *of(
        "timeline",
        (
            "Un événement",
            '{% call timeline("Parcours d’exemple") %}{{ timeline_entry(day_past, '
            '"Personne jointe", "success") }}{% endcall %}',
        ),
    ),
    *of(
        "timeline_entry",
        *(
            (
                kind,
                '<ol class="timeline plain-list">{{ timeline_entry(day_past, "Événement", "'
                + kind
                + '", "PAE Centre") }}</ol>',
            )
            for kind in ("note", "contact", "met", "letter", "message", "exit", "relay", "step", "success")
        ),
        (
            "Privé",
            '<ol class="timeline plain-list">{{ timeline_entry(day_past, "Note", "note", text="'
            + LONG
            + '", private="visible par vous seule") }}</ol>',
        ),
    ),
    *of(
        "timeline_fold",
        (
            "Fermé",
            '<ol class="timeline plain-list"><li class="timeline-step"><ol class="timeline-entries'
            ' plain-list">{% call timeline_fold("Voir 2 plus anciens") %}{{ timeline_entry(day_past, "Note", '
            '"note") }}{% endcall %}</ol></li></ol>',
        ),
    ),
    *of(
        "timeline_gap",
        (
            "Fini",
            '<ol class="timeline plain-list">{{ timeline_gap("34 jours sans accompagnement", '
            "day_past, day_to_come) }}</ol>",
        ),
    ),
    *of(
        "timeline_step",
        *(
            (
                state,
                '<ol class="timeline plain-list">{{ timeline_step("Parcours PLIE", "PLIE du Bassin", '
                "day_past, " + ended + ', state="' + state + '") }}</ol>',
            )
            for state, ended in (
                ("open", "none"),
                ("done", "day_to_come"),
                ("stopped", "day_to_come"),
                ("paused", "day_to_come"),
            )
        ),
        arabic='<ol class="timeline plain-list">{{ timeline_step("Parcours PLIE", "PLIE du Bassin", day_past, '
        'state="open") }}</ol>',
    ),
    *of(
        "verb_bar",
        (
            "Et d’autres actions",
            '{{ verb_bar("Agir (exemple)", [Thing(label="Note", href="#", icon="note"), '
            'Thing(label="Contact", href="#", icon="phone")], [Thing(label="Référent", href="#", icon="person")]) }}',
        ),
    ),
    *of(
        "week_bars",
        (
            "Avec un plafond",
            '{{ week_bars("semaines", "Points par semaine", "Deux semaines.", '
            '[("nov.", 4, 6), ("", 9, 3)], "avec les règles en vigueur", "avec ce brouillon", limit=8) }}',
        ),
    ),
    *of("wordmark", ("Sur l’en-tête", '<div class="masthead">{{ wordmark("/") }}</div>')),
)
