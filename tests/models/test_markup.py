"""HTML keeps its tags, attributes and white space, and tags stay on their words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from models.catalogue import EMBEDDED, Means, find_entry, open_model
from models.markup import lay_out_markup
from models.translator import SentenceTranslator

Translate = Callable[[str], str]


def shout(text: str) -> str:
    return text.upper()


def turn(text: str) -> str:
    """Translate by turning the order of words, as languages do; marks are words too."""
    words = re.findall(r"\w+", text)
    return " ".join(reversed(words)) + ("." if text.endswith(".") else "")


def translate(html: str, by: Translate = shout) -> str:
    page = lay_out_markup(html, "en")
    known = {text: by(text) for text in page.list_texts()}
    known |= {text: by(text) for text in page.list_pieces(known)}
    return page.rebuild(known)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("It rains.", "IT RAINS."),
        ("<p>It rains.</p>\n  <p>It snows.</p>", "<p>IT RAINS.</p>\n  <p>IT SNOWS.</p>"),
        ("<p class=\"a\" data-x='<b>'>It rains.</p>", "<p class=\"a\" data-x='<b>'>IT RAINS.</p>"),
        ("<p> It <b>rains</b> now. </p>", "<p> IT <b>RAINS</b> NOW. </p>"),
        ("It <b><i>rains</i> here</b>.", "IT <b><i>RAINS</i> HERE</b>."),
        ("<b>It rains.</b> It snows.", "<b>IT RAINS.</b> IT SNOWS."),
        ("<b>It rains. It</b> snows.", "<b>IT RAINS. IT</b> SNOWS."),
        ("It <b>rains </b>now.", "IT <b>RAINS</b> NOW."),
        ("It rains.<br>It snows.<br/>", "IT RAINS.<br>IT SNOWS.<br/>"),
        ("Rain &amp; snow &lt; 3&nbsp;mm.", "RAIN &amp; SNOW &lt; 3 MM."),
        ("<!-- a note -->It rains.", "<!-- a note -->IT RAINS."),
        ("<ul>\n <li>Rain\n <li>Snow\n</ul>", "<ul>\n <li>RAIN\n <li>SNOW\n</ul>"),
        ("<p>It <b>rains.</p>", "<p>IT <b>RAINS.</p>"),
        ("It <b>rains</i> now</b>.", "IT <b>RAINS</i> NOW</b>."),
        ("It rains<sup>[1]</sup> now.", "IT RAINS<sup>[1]</sup> NOW."),
        ("", ""),
        ("  \n ", "  \n "),
        ("<hr>", "<hr>"),
        ("1 < 2 and 3 > 2", "1 &lt; 2 AND 3 &gt; 2"),
        ('<a href="x"></a>It rains.', '<a href="x"></a>IT RAINS.'),
    ],
)
def test_tags_attributes_and_white_space_survive(html: str, expected: str) -> None:
    assert translate(html) == expected


@pytest.mark.parametrize(
    "kept",
    [
        "<pre>It  rains\n</pre>",
        "<script>if (a<b && 'x') { rain() }</script>",
        "<style>p > b { color: red }</style>",
        '<div translate="no">It <div>rains</div> here.</div>',
        '<div class="big notranslate">It rains.</div>',
        "<textarea>It rains.</textarea>",
        "<code>git push</code>",
        '<span translate="no">Rain &amp; Co</span>',
    ],
)
def test_what_is_not_to_be_translated_is_not_touched(kept: str) -> None:
    assert translate(f"<p>It snows.</p>{kept}<p>Use it.</p>") == (
        f"<p>IT SNOWS.</p>{kept}<p>USE IT.</p>"
    )
    if kept.startswith(("<code", "<span")):
        assert translate(f"Now use {kept} twice.", turn) == f"twice {kept} use Now."


def test_tags_go_where_their_words_go() -> None:
    assert translate('The <a href="/x">old bridge</a> is <b>closed</b>.', turn) == (
        '<b>closed</b> is <a href="/x">bridge old</a> The.'
    )


def test_words_that_stand_twice_have_their_tag_in_the_right_place() -> None:
    assert (
        translate("The bridge and the <b>bridge</b>.", turn) == "<b>bridge</b> the and bridge The."
    )


def test_a_sentence_that_loses_its_tags_is_translated_in_pieces() -> None:
    def forget(text: str) -> str:
        return text.upper() if "rains" not in text or len(text.split()) == 1 else "Nothing."

    assert translate("Here it <b>rains</b> now.", forget) == "HERE IT <b>RAINS</b> NOW."


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # A drop cap, and what touches the end of a link, are parts of words.
        ('Now <span class="cap">r</span>ain falls.', 'falls <span class="cap">rain</span> Now.'),
        ("Old <a>bridge</a>s <i>fall</i>.", "<i>fall</i> <a>bridges</a> Old."),
        ("Old <b><i>b</i>ridge</b>s fall.", "fall <b><i>bridges</i></b> Old."),
        ("Built <b>東</b>京 now.", "now <b>東</b>京 Built."),
        # What is raised or lowered stays on its word.
        ("Less CO<sub>2</sub> now.", "now CO<sub>2</sub> Less."),
        ("The 3<sup>rd</sup> bridge fell.", "fell bridge 3rd The."),
        ("Le XX<sup>e</sup> et M<sup>me</sup> Long.", "Long Mme et XXe Le."),
        ("Le xix<sup>e</sup> et n<sup>o</sup> 3.", "3 no et xixe Le."),
        # A mark behind a word is none of its letters.
        ("The result<sup>a</sup> shows.", "shows result<sup>a</sup> The."),
        ("The iPhone<sup>TM</sup> is new.", "new is iPhone<sup>TM</sup> The."),
        (
            'New rain<sup id="b"><a href="#c">c</a></sup>.',
            'rain<sup id="b"><a href="#c">c</a></sup> New.',
        ),
        ("It is re<wbr>opened.", "reopened is It."),
    ],
)
def test_tags_inside_of_words(html: str, expected: str) -> None:
    assert translate(html, turn) == expected


def test_an_element_is_found_without_the_article_that_its_words_got_alone() -> None:
    written = {
        "The mayor saw Anna's bridge.": "Le maire a vu le pont d'Anna.",
        "bridge": "Un pont",
        "mayor": "le Maire",
        "Anna's": "Anna'est",
    }
    html = "The <i>mayor</i> saw <b>Anna's</b> <a>bridge</a>."
    assert translate(html, lambda text: written.get(text, text)) == (
        "<i>Le maire</i> a vu le <a>pont</a> d'<b>Anna</b>."
    )


def test_cells_between_bars_are_sentences() -> None:
    page = lay_out_markup("<p>Home | <a>News of old</a> | Sport</p>", "en")
    assert page.sentences == ("Home", "News of old", "Sport")


def test_what_is_said_is_what_the_translation_is_made_of() -> None:
    html = "It <b>rains</b> now. It <i>snows</i>."
    page = lay_out_markup(html, "en")
    known = {
        "It rains now.": "Il pleut.",
        "It XX1 now.": "Il XX1.",
        "rains": "tombe",
        "It snows.": "Il neige.",
        "snows": "neige",
    }
    assert page.rebuild(known) == "Il <b>tombe</b>. Il <i>neige</i>."
    assert page.list_said(known) == ["It XX1 now.", "rains", "It snows."]


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 50_000 + "It rains." + "</b>" * 50_000,
        "<b>x</b>" * 5_000,
        "<a '" * 50_000,
        "<a" * 50_000,
        "<!" * 50_000,
        "<" * 100_000,
        "<!--" * 50_000,
        "<code>" * 20_000,
        "<div translate=no>" * 20_000,
        "<b>" * 50_000,
        "</b>" * 50_000,
        "<i><b></i></b>" * 5_000,
        "It \ue000 <b>rains\ue001</b> now.",
    ],
    ids=lambda html: html[:12],
)
def test_no_markup_is_too_wild(html: str) -> None:
    made = translate(html)
    assert re.findall(r"<\w+[^<>']*>", made) == re.findall(r"<\w+[^<>']*>", html)


def test_the_embedded_model_keeps_every_tag_around_words() -> None:
    entry = find_entry("translate", "embedded", EMBEDDED)
    translator = SentenceTranslator(
        open_model(entry, Means("ctranslate2", "cpu", 2, 20_000)), entry.card
    )

    def by(text: str) -> str:
        return translator.translate([text], "en", "fr")[0].text

    html = (
        '<p>The <a href="/x">council of the city</a> voted on <b>Monday</b> to rebuild the bridge.'
        "</p>\n<p>Run <code>make test</code> before you <em>send</em> your changes.</p>"
    )
    made = translate(html, by)
    inside = dict(re.findall(r"<(a|b|code|em)\b[^>]*>(.*?)</\1>", made))
    assert inside["a"].endswith("de la ville")
    assert (inside["b"], inside["code"]) == ("lundi", "make test")
    assert inside["em"].isalpha()
    assert re.search(r"ville</a> a voté .*pont\.</p>", made)
    assert sorted(re.findall(r"<[^>]+>", made)) == sorted(re.findall(r"<[^>]+>", html))
