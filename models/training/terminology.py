"""Owns the measure of terms: `python -m models.training.terminology`.

Of 200 sentences for each direction that the embedded models serve, in how many does the term stand
as the caller wants it, at once and with marks in its place, and is each that does not told of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.catalogue import EMBEDDED, Means, find_entry, list_models, open_translator
from models.protocols import Translation, Translator
from models.routing import RoutedTranslator
from models.terminology import find_terms, translate_with_terms

KEPT = ("SolarWinds", "Port Ellery", "OpenStreetMap", "Dunmore & Sons", "iPhone", "Medicare")
# The same four terms in each language; any of them is a glossary for any other.
TERMS = {
    "en": ("White House", "harbour bridge", "Federal Reserve", "Lantern Street Library"),
    "fr": (
        "Maison-Blanche",
        "pont du port",
        "Réserve fédérale",
        "bibliothèque de la rue de la Lanterne",
    ),
    "de": ("Weiße Haus", "Hafenbrücke", "Notenbank", "Bibliothek der Laternenstraße"),
    "es": (
        "Casa Blanca",
        "puente del puerto",
        "Reserva Federal",
        "biblioteca de la calle del Farol",
    ),
}
FRAMES = {
    "en": """\
The spokesman for {} said on Monday that the talks would go on.
{} was founded in 1998 and has 400 employees.
Investors have lost confidence in {}.
A report published by {} shows that prices rose by 3 per cent.
The president met the head of {} in Berlin.
Nobody knows what {} will do next.
According to {}, the attack lasted for several months.
The minister criticised {} for its slow answer.
In May, {} opened an office in the old town.
Many people in the town work for {}.
Is {} ready for the winter?
The court ordered {} to pay 12 million euros.
{} and its partners signed the agreement yesterday.
The building of {} was damaged by the storm.
Critics say that {} ignored the warnings.
She has worked at {} since 2011.
The future of {} is uncertain, although the mayor of the town does not agree.
Thousands of visitors come to {} every year, most of them in the summer.
The decision of {} surprised the markets.
We asked {} for a comment, but there was no reply.""",
    "fr": """\
Le porte-parole de {} a déclaré lundi que les discussions continueraient.
{} a été fondé en 1998 et compte 400 employés.
Les investisseurs ont perdu confiance dans {}.
Un rapport publié par {} montre que les prix ont augmenté de 3 pour cent.
Le président a rencontré le directeur de {} à Berlin.
Personne ne sait ce que {} fera ensuite.
Selon {}, l'attaque a duré plusieurs mois.
Le ministre a critiqué {} pour sa réponse tardive.
En mai, {} a ouvert un bureau dans la vieille ville.
Beaucoup de gens de la ville travaillent pour {}.
Est-ce que {} est prêt pour l'hiver ?
Le tribunal a condamné {} à payer 12 millions d'euros.
{} et ses partenaires ont signé l'accord hier.
Le bâtiment de {} a été endommagé par la tempête.
Les critiques disent que {} a ignoré les avertissements.
Elle travaille pour {} depuis 2011.
L'avenir de {} est incertain, bien que le maire de la ville ne soit pas d'accord.
Des milliers de visiteurs viennent à {} chaque année, la plupart en été.
La décision de {} a surpris les marchés.
Nous avons demandé un commentaire à {}, mais il n'y a pas eu de réponse.""",
    "de": """\
Der Sprecher von {} sagte am Montag, die Gespräche würden weitergehen.
{} wurde 1998 gegründet und hat 400 Mitarbeiter.
Die Anleger haben das Vertrauen in {} verloren.
Ein Bericht von {} zeigt, dass die Preise um 3 Prozent gestiegen sind.
Der Präsident traf den Leiter von {} in Berlin.
Niemand weiß, was {} als Nächstes tun wird.
Laut {} dauerte der Angriff mehrere Monate.
Der Minister kritisierte {} für die langsame Antwort.
Im Mai eröffnete {} ein Büro in der Altstadt.
Viele Menschen in der Stadt arbeiten für {}.
Ist {} bereit für den Winter?
Das Gericht verurteilte {} zur Zahlung von 12 Millionen Euro.
{} und die Partner haben gestern das Abkommen unterzeichnet.
Das Gebäude von {} wurde durch den Sturm beschädigt.
Kritiker sagen, dass {} die Warnungen ignoriert hat.
Sie arbeitet seit 2011 für {}.
Die Zukunft von {} ist ungewiss, obwohl der Bürgermeister der Stadt nicht zustimmt.
Tausende Besucher kommen jedes Jahr zu {}, die meisten im Sommer.
Die Entscheidung von {} überraschte die Märkte.
Wir haben {} um eine Stellungnahme gebeten, aber es gab keine Antwort.""",
    "es": """\
El portavoz de {} dijo el lunes que las conversaciones continuarían.
{} fue fundada en 1998 y tiene 400 empleados.
Los inversores han perdido la confianza en {}.
Un informe publicado por {} muestra que los precios subieron un 3 por ciento.
El presidente se reunió con el director de {} en Berlín.
Nadie sabe qué hará {} después.
Según {}, el ataque duró varios meses.
El ministro criticó a {} por su lenta respuesta.
En mayo, {} abrió una oficina en el casco antiguo.
Mucha gente de la ciudad trabaja para {}.
¿Está {} listo para el invierno?
El tribunal ordenó a {} pagar 12 millones de euros.
{} y sus socios firmaron el acuerdo ayer.
El edificio de {} fue dañado por la tormenta.
Los críticos dicen que {} ignoró las advertencias.
Ella trabaja en {} desde 2011.
El futuro de {} es incierto, aunque el alcalde de la ciudad no está de acuerdo.
Miles de visitantes vienen a {} cada año, la mayoría en verano.
La decisión de {} sorprendió a los mercados.
Pedimos un comentario a {}, pero no hubo respuesta.""",
}


class Case(NamedTuple):
    """A sentence, the term in it, and how that is to stand in the translation."""

    sentence: str
    term: str
    wanted: str


def open_embedded() -> Translator:
    """Open what the embedded profile translates with."""
    entries = [
        find_entry("translate", "embedded", EMBEDDED, n)
        for n in list_models("translate", "embedded")
    ]
    return RoutedTranslator([open_translator(entry, Means()) for entry in entries])


def list_cases(source: str, target: str) -> list[Case]:
    """Return a case for each frame and term of `source`."""
    terms = [*zip(KEPT, KEPT, strict=True), *zip(TERMS[source], TERMS[target], strict=True)]
    frames = FRAMES[source].splitlines()
    return [Case(frame.format(term), term, wanted) for frame in frames for term, wanted in terms]


def translate_cases(
    translator: Translator, cases: Sequence[Case], source: str, target: str
) -> list[Translation]:
    """Translate all sentences with all terms, as a caller would who has one glossary."""
    terms = {case.term: case.wanted for case in cases}
    sentences = [case.sentence for case in cases]
    return translate_with_terms(translator, sentences, source, target, terms)


def find_kept(cases: Sequence[Case], made: Sequence[Translation], target: str) -> list[bool]:
    """Tell, for each case, whether its term stands as it is wanted, as a word of its own."""
    pairs = zip(cases, made, strict=True)
    return [bool(find_terms(m.text, {c.wanted: c.wanted}, target)) for c, m in pairs]


def find_told(cases: Sequence[Case], made: Sequence[Translation]) -> list[bool]:
    """Tell, for each case, whether its warnings say that the term was missed."""
    pairs = zip(cases, made, strict=True)
    return [f"term_missed: {case.term}" in each.warnings for case, each in pairs]


def report_terms() -> Iterator[str]:
    """Yield the table of `docs/quality.md`."""
    translator = open_embedded()
    yield "| pair | sentences | at once | with marks | missed and told |\n|---|---|---|---|---|"
    for source in FRAMES:
        for target in translator.targets(source):
            cases = list_cases(source, target)
            plain = translator.translate([case.sentence for case in cases], source, target)
            made = translate_cases(translator, cases, source, target)
            counts = [sum(find_kept(cases, each, target)) for each in (plain, made)]
            shares = " | ".join(f"{100 * count / len(cases):.1f} %" for count in counts)
            told = sum(find_told(cases, made))
            missed = len(cases) - counts[1]
            yield f"| {source}→{target} | {len(cases)} | {shares} | {told} of {missed} |"


if __name__ == "__main__":
    for line in report_terms():
        print(line)
