"""Sentences are found where they end, in every script, with offsets into the text as received."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.reader import TextReader
from models.segmentation import (
    MAX_SENTENCE_CHARACTERS,
    find_paragraphs,
    find_sentences,
    halve_text,
)

FIVE_SENTENCES = {
    "ar": (
        'وصل الدكتور أحمد مساء الاثنين. "نحن مستعدون"، قال. من كان '
        "هناك؟ لا أحد! ارتفع السعر بنسبة 3.5٪."
    ),
    "bn": ('ডঃ রহমান সোমবার পৌঁছান। "আমরা প্রস্তুত," তিনি বললেন। সেখানে কে ছিল? কেউ না! দাম ৩.৫ শতাংশ বেড়েছে।'),
    "de": (
        "Am 3. Oktober kam Dr. Meier. „Wir sind bereit“, sagte er. "
        "Das kostet z. B. 3,5 Mio. Euro. Wer war da? Niemand!"
    ),
    "en": (
        'Dr. Smith arrived at 5 p.m. on Monday. "Go!" he said. It '
        "rose 3.5 percent, e.g. in St. Louis. Who was there? Nobody!"
    ),
    "es": (
        "El Sr. Gómez llegó a las 5 p. m. del lunes. «Estamos "
        "listos», dijo. ¿Quién estaba allí? ¡Nadie! Subió un 3,5 % "
        "en EE. UU. este mes."
    ),
    "fr": (
        "M. Dupont est arrivé à 17 h. « Nous sommes prêts », a-t-il "
        "dit. Le prix a augmenté de 3,5 % en janv. 2024. Qui ? "
        "Personne !"
    ),
    "hi": (
        'डॉ. शर्मा सोमवार को पहुँचे। "हम तैयार हैं," उन्होंने कहा। वहाँ कौन था? कोई नहीं! कीमत 3.5 प्रतिशत बढ़ी।'
    ),
    "ja": (
        "田中さんは到着した。「準備はできています。"
        "」と彼は言った。誰がいましたか？誰もいません！価格は3.5％上昇した。"
    ),
    "pl": (
        "Dr Kowalski przyjechał o godz. 17. „Jesteśmy gotowi”, "
        "powiedział. Kto tam był? Nikt! Cena wzrosła o 3,5 proc. w "
        "styczniu."
    ),
    "pt": (
        "O Sr. Silva chegou às 17h. “Estamos prontos”, disse ele. "
        "Quem estava lá? Ninguém! O preço subiu 3,5% em janeiro."
    ),
    "ru": (
        "Г. Иванов приехал в 17.00. «Мы готовы», — сказал он. Кто "
        "там был? Никого! Цена выросла на 3,5 %, т. е. на 2 млн руб. "
        "за год."
    ),
    "tr": (
        'Dr. Yılmaz saat 17.00\'de geldi. "Hazırız," dedi. Orada kim '
        "vardı? Hiç kimse! Fiyat yüzde 3,5 arttı."
    ),
    "vi": (
        "Ông Nguyễn đến lúc 17 giờ. “Chúng tôi đã sẵn sàng”, ông "
        "nói. Ai đã ở đó? Không ai cả! Giá tăng 3,5% trong tháng Một."
    ),
    "zh": "王先生星期一到达。“我们准备好了。”他说。谁在那里？没有人！价格上涨了3.5%。",
}


def _split(text: str, language: str) -> list[str]:
    return [
        text[span.start : span.end]
        for paragraph in find_paragraphs(text)
        for span in find_sentences(text, paragraph, language)
    ]


@pytest.mark.parametrize("language", FIVE_SENTENCES)
def test_abbreviations_quotes_and_decimals_end_no_sentence(language: str) -> None:
    text = FIVE_SENTENCES[language]
    sentences = _split(text, language)
    assert len(sentences) == 5
    assert "".join(sentences).replace(" ", "") == text.replace(" ", "")


def test_initials_do_not_end_a_sentence_but_a_lettered_plan_does() -> None:
    assert _split("J. R. Smith left. He chose plan B. It worked.", "en") == [
        "J. R. Smith left.",
        "He chose plan B.",
        "It worked.",
    ]


@pytest.mark.parametrize("letter", ["Group E", "Pool B", "vitamin D", "hepatitis C", "Route A"])
def test_the_letter_of_a_group_is_no_initial(letter: str) -> None:
    text = f"They are in {letter}. Germany are not. J. Smith is."
    assert _split(text, "en") == [f"They are in {letter}.", "Germany are not.", "J. Smith is."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Der Senat hat am Dienstag, dem 18. November, den geplanten Verkauf gebilligt.",
        "Die 2. Bundesliga ruht.",
        "Der 1. FC Köln siegt.",
        "Im 19. Jahrhundert war es so.",
        "Im 2. Halbjahr steigt der Umsatz.",
        "Am 24. Dezember, also heute, ist Ruhe.",
        "Am 24. Dezember: Ruhe.",
        "Am 18. Nov. 2023 kam er.",
        "Sie feiert ihren 50. Namenstag.",
        "Er fehlt am 24. und 25. Spieltag.",
    ],
)
def test_a_german_ordinal_ends_no_sentence(sentence: str) -> None:
    assert _split(f"{sentence} Er kam.", "de") == [sentence, "Er kam."]


@pytest.mark.parametrize(
    "text",
    [
        "Er wurde Dritter am 18. Der Verein feierte.",
        "Er ist 17. Tom ist 18.",
        "Es sind 0,8. Im Mai.",
    ],
)
def test_a_german_number_may_end_a_sentence(text: str) -> None:
    assert len(_split(text, "de")) == 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("La oposición votó en contra. Su portavoz calló.", "es"),
        ("Dijo que no. Luego se fue.", "es"),
        ("Todo va bien. Juan vino.", "es"),
        ("It was ok. Good.", "en"),
        ("The answer is no. Ask again.", "en"),
        ("I like art. It is fun.", "en"),
        ("He told me. John left.", "en"),
        ("They are Ant and Dec. She won.", "en"),
        ("Il a pris le vol. Anne est partie.", "fr"),
        ("Sie mag mich. Tom geht.", "de"),
        ("It fell from 2 m. The battery is whole.", "en"),
        ("Der Sturz war aus 2 m. Danach lief er.", "de"),
        ("Pesa 5 kg. El resto falta.", "es"),
        ("La vague avait 10 m. Le bateau coula.", "fr"),
        ("10メートルと予想される。24時間の雨量は多い。", "ja"),
        ("收入下降31%。24小时内下降。", "zh"),
    ],
)
def test_words_that_abbreviate_something_elsewhere_end_a_sentence(text: str, language: str) -> None:
    assert len(_split(text, language)) == 2


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Véase el núm. 5 de la calle.", "es"),
        ("Véase el no. 10 de la lista.", "es"),
        ("He lives at No. 10 in art. 5.", "en"),
        ("El sindicato CC. OO. firmó.", "es"),
        ("Los JJ. OO. de Tokio y los EE.UU. de hoy.", "es"),
        ("Los JJ.OO. fueron en Tokio.", "es"),
        ('"No. Ask again," he said.', "en"),
        ("Call Tel. +44 20 7946 0958 for help.", "en"),
        ("Call tel. (020) 7946 0958 for help.", "en"),
        ("It is in vol. 2 and Vol. XII of it.", "en"),
        ("It was approx. 10 km.", "en"),
        ("Turn to No. A-5 there.", "en"),
        ("Voir l'art. L. 123-4 du code.", "fr"),
        ("Il mourut en 44 av. J.-C. à Rome.", "fr"),
        ("Il mourut en 44 apr. J.-C., à Rome.", "fr"),
        ("Le livre de J.-P. Sartre est lu.", "fr"),
        ("C'est ce que le Dr. Petit a dit au Pr. Grand.", "fr"),
        ("Rens. : 01 30 83 78 00.", "fr"),
        ("Le bassin rouvrira si l'A.R.S. l'autorise.", "fr"),
        ("Der Bürgermeister, Dr. jur. Alfred Winkler, kam mit Dipl.-Ing. Paul Rot.", "de"),
        ("Es sprach Dr. rer. nat. Ute Kurz.", "de"),
        ("Present were Cllr. R. Adams and Cllr. B. Nwosu.", "en"),
        ("An appeal came from Det. Ch. Insp. Fenn.", "en"),
        ("Lo dice D.ª Julia, Dª. Ana y Mons. Ruiz.", "es"),
        ("Così l'art. 4 del d.lgs. 74/2000.", "it"),
        ("Dat zegt mevr. Bos in o.a. Utrecht.", "nl"),
        ("Mówi św. Jan, np. Kowalskiemu.", "pl"),
        ("Veja a pág. 3 do livro.", "pt"),
        ("Это ст. 105 кодекса, т. е. Москва.", "ru"),
        ("Bu 2. Dünya Savaşı ve II. Abdülhamid.", "tr"),
    ],
)
def test_an_abbreviation_ends_no_sentence_before_what_it_stands_for(
    sentence: str, language: str
) -> None:
    assert _split(sentence, language) == [sentence]


def test_wrapped_lines_are_joined_and_headlines_stand_alone() -> None:
    text = (
        "A Headline Without Stop\nThe first line of a wrapped\ntext ends here. Then a\nsecond one."
    )
    assert _split(text, "en") == [
        "A Headline Without Stop",
        "The first line of a wrapped\ntext ends here.",
        "Then a\nsecond one.",
    ]


@pytest.mark.parametrize(
    ("sentence", "language"),
    [("价格上涨了百分之三，专家们认为这是一个好消息。", "zh"), ("「はい。」と彼は言った。", "ja")],
)
def test_a_long_paragraph_without_spaces_is_not_cut_inside_sentences(
    sentence: str, language: str
) -> None:
    assert set(_split(sentence * 700, language)) == {sentence}


@settings(deadline=None)  # the first example loads the libraries
@given(st.text(alphabet=st.characters() | st.sampled_from(" \n.。!“”'a1"), max_size=400))
def test_sentences_are_trimmed_ordered_parts_of_the_text(text: str) -> None:
    end = 0
    for paragraph in find_paragraphs(text):
        for span in find_sentences(text, paragraph, "en"):
            part = text[span.start : span.end]
            assert end <= span.start < span.end
            assert part == part.strip()
            end = span.end


@settings(deadline=None)  # the first example loads the libraries
@given(st.text(alphabet=st.characters() | st.sampled_from(" \n\t.。!“”'a1"), max_size=400))
def test_a_laid_out_text_is_rebuilt_with_nothing_lost_between_sentences(text: str) -> None:
    laid = TextReader().lay_out(text)
    assert len(laid.separators) == len(laid.sentences) + 1
    sources = laid.rebuild([""] * len(laid.sentences))
    assert all(not c.isalnum() for c in sources)
    if all(sentence in text for sentence in laid.sentences):
        assert len(laid.rebuild(laid.sentences)) <= len(text)


def test_line_breaks_indentation_and_paragraphs_survive() -> None:
    text = "  A title\n\n\tThe first. The second.\r\n\n* A point!\n"
    laid = TextReader().lay_out(text, "en")
    assert laid.sentences == ("A title", "The first.", "The second.", "* A point!")
    assert laid.rebuild(laid.sentences) == text


def test_a_list_stays_a_list_and_a_wrapped_sentence_is_translated_whole() -> None:
    reader = TextReader()
    assert reader.lay_out("apples\r\nbread\r\nmilk", "en").sentences == ("apples", "bread", "milk")
    headlines = (
        "Council votes to rebuild the harbour bridge\nFerry runs at night through the winter"
    )
    assert len(reader.lay_out(headlines, "en").sentences) == 2
    wrapped = "The council voted on Monday to rebuild the old\nbridge that was closed last year."
    assert len(reader.lay_out(wrapped, "en").sentences) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "word " * 20_000,
        "\n" * 1_000_000,
        " " * 1_000_000,
        '"a b. ' * 20_000,
        "(" * 100_000,
        "." * 100_000,
        "今天天气" * 20_000,
        "Mr. " * 30_000,
        "a, " * 60_000,
        "photo : " * 20_000,
        "By " + "Aa " * 30_000,
        "😀" * 10_000,
        "a\u0301" * 50_000,
        "\ud800 a. " * 10_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_hostile_text_is_read_in_bounded_time_and_pieces(text: str) -> None:
    TextReader().read("Load the libraries first.")
    began = time.monotonic()
    article = TextReader().read(text)
    assert time.monotonic() - began < 5.0
    assert all(s.span.end - s.span.start <= MAX_SENTENCE_CHARACTERS for s in article.sentences)


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("The old bridge was closed, and the new one is open.", 26),
        ("The old bridge of the port was closed on that day.", 26),
        ("The council pays for it with 1 200 000 euros of the city.", 28),
        ("In the port 1, 200, 300 of them came too.", 23),
        ("The port is closed now.", None),
    ],
)
def test_a_text_is_halved_at_a_clause_or_space_and_never_in_a_number(text, halves) -> None:
    found = halve_text(text, 4)
    assert found == (None if halves is None else (text[:halves], text[halves + 1 :]))


def test_the_cells_of_a_table_are_translated_one_by_one_and_what_parts_them_stays() -> None:
    table = "Arsenal\t12\t9\nLeeds\t12 wins\t\t2"
    laid = TextReader().lay_out(table, "en")
    assert laid.sentences == ("Arsenal", "12", "9", "Leeds", "12 wins", "2")
    assert laid.rebuild(laid.sentences) == table
    inline = TextReader().lay_out("It is |x| and |y| here.", "en")
    assert inline.sentences == ("It is |x| and |y| here.",)
    table = "| Team | Wins |\n|------|-----|\n| Leeds of old | 12 |"
    laid = TextReader().lay_out(table, "en")
    assert [s for s in laid.sentences if s.strip("-|")] == ["Team", "Wins", "Leeds of old", "12"]
    assert laid.rebuild(laid.sentences) == table
    assert [s.text for s in TextReader().read("It was\tlong ago.", "en").sentences] == [
        "It was long ago."
    ]
