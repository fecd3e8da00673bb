"""Articles are read into content: titles apart, captions, bylines and repeated lines left out."""

from __future__ import annotations

import pytest

from models.protocols import ModelCard
from models.reader import TextReader
from models.selection import BUDGETS
from models.summariser import GroundedSummariser
from models.words import count_words

PAGE = """Council votes for new bridge

A video about the bridge

A video about the bridge
Powered by automated translation

By John Smith

PORT ELLERY (Reuters) - The council voted on Monday to rebuild the bridge. It will cost 12 million.

The old bridge, closed since May. AFP
The old bridge, closed since May. AFP

Mayor Varga said “the work will take two years” 😀 and the ferry would run at night.

Share this
AFP contributed to this report."""

# Six sentences each, about a bridge.
ARTICLES = {
    "ar": (
        "صوّت مجلس المدينة يوم الاثنين على إعادة بناء جسر الميناء القديم. ستبلغ تكلفة المشروع "
        "12 مليون يورو. قالت العمدة إن العمل سيستغرق عامين. ستعمل العبّارة ليلا خلال هذه "
        "الفترة. طلب الصيادون دعما ماليا من المجلس. سيُفتتح الجسر الجديد في الربيع."
    ),
    "de": (
        "Der Stadtrat stimmte am Montag für den Neubau der alten Hafenbrücke. Das Vorhaben "
        "kostet 12 Millionen Euro. Die Bürgermeisterin sagte, die Arbeiten dauerten zwei "
        "Jahre. Die Fähre fährt in dieser Zeit auch nachts. Die Fischer baten den Stadtrat um "
        "Hilfe. Im Frühling wird die neue Brücke eröffnet."
    ),
    "en": (
        "The city council voted on Monday to rebuild the old harbour bridge. The project will "
        "cost 12 million euros. The mayor said the work would take two years. The ferry will "
        "run at night during that time. Fishermen asked the council for help. The new bridge "
        "will open in spring."
    ),
    "es": (
        "El ayuntamiento votó el lunes a favor de reconstruir el viejo puente del puerto. El "
        "proyecto costará 12 millones de euros. La alcaldesa dijo que las obras durarán dos "
        "años. El transbordador funcionará de noche durante ese tiempo. Los pescadores "
        "pidieron ayuda al ayuntamiento. El nuevo puente se abrirá en primavera."
    ),
    "fr": (
        "Le conseil municipal a voté lundi la reconstruction du vieux pont du port. Le projet "
        "coûtera 12 millions d'euros. La maire a déclaré que les travaux dureraient deux ans. "
        "Le bac circulera la nuit pendant ce temps. Les pêcheurs ont demandé de l'aide au "
        "conseil. Le nouveau pont ouvrira au printemps."
    ),
    "hi": (
        "नगर परिषद ने सोमवार को बंदरगाह के पुराने पुल को फिर से बनाने के लिए मतदान किया। "
        "परियोजना पर 12 करोड़ रुपये खर्च होंगे। महापौर ने कहा कि काम में दो साल लगेंगे। इस "
        "दौरान नाव रात में भी चलेगी। मछुआरों ने परिषद से मदद माँगी। नया पुल वसंत में खुलेगा।"
    ),
    "ja": (
        "市議会は月曜日、古い港の橋を建て直すことを決めた。事業費は12億円になる。"
        "市長は工事に二年かかると述べた。その間は夜も渡し船が運航する。"
        "漁師たちは市議会に支援を求めた。新しい橋は春に開通する。"
    ),
    "pt": (
        "A câmara municipal votou na segunda-feira a reconstrução da velha ponte do porto. O "
        "projeto custará 12 milhões de euros. A prefeita disse que as obras vão durar dois "
        "anos. A balsa vai funcionar à noite durante esse tempo. Os pescadores pediram ajuda à "
        "câmara. A nova ponte será aberta na primavera."
    ),
    "ru": (
        "Городской совет в понедельник проголосовал за восстановление старого моста в порту. "
        "Проект обойдётся в 12 миллионов евро. Мэр сообщила, что работы займут два года. Паром "
        "в это время будет ходить ночью. Рыбаки попросили совет о помощи. Новый мост откроют "
        "весной."
    ),
    "tr": (
        "Belediye meclisi pazartesi günü eski liman köprüsünün yeniden yapılmasına karar "
        "verdi. Proje 12 milyon avroya mal olacak. Belediye başkanı çalışmaların iki yıl "
        "süreceğini söyledi. Feribot bu sürede geceleri de çalışacak. Balıkçılar meclisten "
        "yardım istedi. Yeni köprü baharda açılacak."
    ),
    "vi": (
        "Hội đồng thành phố hôm thứ Hai bỏ phiếu xây lại cây cầu cũ ở bến cảng. Dự án sẽ tốn "
        "12 triệu euro. Thị trưởng nói công việc sẽ kéo dài hai năm. Phà sẽ chạy cả ban đêm "
        "trong thời gian đó. Ngư dân đã xin hội đồng giúp đỡ. Cây cầu mới sẽ mở cửa vào mùa "
        "xuân."
    ),
    "zh": (
        "市议会星期一投票决定重建港口的旧桥。该项目将耗资1200万欧元。市长说工程将持续两年。"
        "在此期间渡轮将在夜间运行。渔民请求市议会提供帮助。新桥将于春天开放。"
    ),
}


def test_only_content_is_left() -> None:
    article = TextReader().read(PAGE)
    assert [sentence.text for sentence in article.sentences] == [
        "The council voted on Monday to rebuild the bridge.",
        "It will cost 12 million.",
        "Mayor Varga said “the work will take two years” 😀 and the ferry would run at night.",
    ]
    assert article.language == "en"
    assert article.titles[0] == "Council votes for new bridge"


def test_offsets_count_code_points_of_the_text_as_received() -> None:
    text = "😀 Itâ€™s   one. Two\u200b 😀 here.\r\nThree."
    article = TextReader().read(text, "en")
    assert [text[s.span.start : s.span.end] for s in article.sentences] == [
        "😀 Itâ€™s   one.",
        "Two\u200b 😀 here.",
        "Three.",
    ]
    assert [s.text for s in article.sentences] == ["😀 It’s one.", "Two 😀 here.", "Three."]


def test_the_marks_of_a_list_are_no_part_of_its_sentences() -> None:
    items = ["- The bridge is open.", "• Trams are late. It rains.", "* The mayor left."]
    text = "\n".join(["Five things.", *items, "— Taxes rise.", "1. Ferries run.", "2) Fog comes."])
    article = TextReader().read(text, "en")
    assert [s.text for s in article.sentences] == [
        "Five things.",
        "The bridge is open.",
        "Trams are late.",
        "It rains.",
        "The mayor left.",
        "Taxes rise.",
        "Ferries run.",
        "Fog comes.",
    ]
    spans = [text[s.span.start : s.span.end] for s in article.sentences]
    assert [s for s in spans if s[0] in "-•*"] == [items[0], "• Trams are late.", items[2]]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il entra.\n— Non, dit-il.\n— Mais si, répondit-elle.", "fr"),
        ("Entró.\n— No, dijo.\n— Sí, contestó ella.", "es"),
        ("It was cold.\n- 5 degrees were measured.\nThe town froze.", "en"),
        ("Heute spielen drei.\n1. FC Köln siegt.\n2. Bundesliga ruht.", "de"),
    ],
)
def test_speech_a_minus_and_ordinals_keep_their_beginning(text: str, language: str) -> None:
    assert [s.text for s in TextReader().read(text, language).sentences] == text.split("\n")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Q: Would you row again?\nA: I would not.\nQ: What was it?\nA: It was no rescue.", "en"),
        ("P. ¿Remaría otra vez?\nR. I would not.\nP. ¿Qué fue?\nR. It was no rescue.", "es"),
    ],
)
def test_of_an_interview_in_letters_the_answers_are_content(text: str, language: str) -> None:
    article = TextReader().read(text, language)
    assert [s.text for s in article.sentences] == ["I would not.", "It was no rescue."]


def test_headlines_alone_are_content() -> None:
    article = TextReader().read("Council votes for bridge\nFerry runs at night", "en")
    assert article.sentences


def test_a_named_language_is_taken_as_sure() -> None:
    article = TextReader().read("Ja.", "nl")
    assert (article.language, article.confidence) == ("nl", 1.0)


@pytest.mark.parametrize("language", ARTICLES)
def test_an_article_is_summarised_in_its_language_and_nothing_is_cut(language: str) -> None:
    text = ARTICLES[language]
    article = TextReader().read(text)
    assert article.language == language
    assert len(article.sentences) == 6
    whole = {text[s.span.start : s.span.end] for s in article.sentences}
    card = ModelCard("none", "1", "MIT", "summarise")
    summaries = GroundedSummariser(card).summarise(article, ["short", "long"], "extractive")
    for length, summary in summaries.items():
        budget = BUDGETS[length]
        assert budget.min_sentences <= len(summary.sentences) <= budget.max_sentences
        assert count_words(summary.text) <= budget.max_words
        for sentence in summary.sentences:
            (span,) = sentence.evidence
            assert sentence.text == text[span.start : span.end]
            assert sentence.text in whole
            assert sentence.method == "extractive"
    assert len(summaries["long"].text) > len(summaries["short"].text)
