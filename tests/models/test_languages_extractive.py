"""Extractive summaries in ten languages: whole sentences, the right number, offsets that fit."""

from __future__ import annotations

import pytest

from models.protocols import ModelCard
from models.reader import TextReader
from models.selection import BUDGETS
from models.summariser import GroundedSummariser
from models.words import count_words

# Each text was written for this test; abbreviations, decimals and quotations try the segmenter.
TEXTS: dict[str, list[str]] = {
    "ar": [
        "أعلن مجلس مدينة ميناء الورد يوم الاثنين عن خطة لإعادة بناء الجسر القديم.",
        "ستبلغ تكلفة المشروع 42.5 مليون يورو على مدى ثلاث سنوات.",
        "وقالت رئيسة البلدية د. ليلى حداد: «ينتظر السكان هذا القرار منذ زمن طويل».",
        "أغلق الجسر أمام السيارات قبل ثمانية عشر شهرا بسبب تشققات في دعامتين.",
        "هل سيكفي المال لإنجاز العمل في موعده؟",
        "ستنقل عبارة مجانية الركاب عبر الميناء كل 15 دقيقة حتى افتتاح الجسر الجديد.",
        "يقول الصيادون إن العبارة قد تؤخر قواربهم في الليل.",
        "سيبدأ العمل في شهر سبتمبر بإزالة السطح المتضرر.",
    ],
    "de": [
        "Der Stadtrat von Lindenau hat am Montag beschlossen, die alte Hafenbrücke neu zu bauen.",
        "Das Vorhaben kostet rund 42,5 Mio. Euro und dauert bis zum 3. Oktober 2029.",
        "„Die Menschen haben lange gewartet. Jetzt bekommen sie einen Termin“, sagte "
        "Bürgermeisterin Dr. Ines Vogt.",
        "Die Brücke ist seit 18 Monaten gesperrt, weil Prüfer Risse in zwei Pfeilern fanden.",
        "Bis zur Eröffnung bringt eine kostenlose Fähre die Leute alle 15 Minuten über den Hafen.",
        "Die Fischer fürchten, dass die Fähre ihre Boote in der Nacht aufhält, z. B. bei Nebel.",
        "Neun Ratsmitglieder stimmten für den Plan, vier dagegen.",
        "Im September beginnen die Arbeiten an den Pfeilern.",
    ],
    "es": [
        "El ayuntamiento de Puerto Real aprobó el lunes la reconstrucción del puente del puerto.",
        "La obra costará 42,5 millones de euros y durará tres años, según el plan.",
        "«La gente ha esperado mucho. Ahora tiene una fecha», dijo la alcaldesa, la Dra. Vera.",
        "El puente está cerrado desde hace 18 meses porque se hallaron grietas en dos pilares.",
        "¿Bastará el dinero para terminar a tiempo?",
        "Un transbordador gratuito cruzará el puerto cada 15 minutos hasta la apertura del puente.",
        "Los pescadores temen que el transbordador retrase sus barcos por la noche.",
        "Las obras empezarán en septiembre por los pilares dañados.",
    ],
    "hi": [
        "रामपुर नगर परिषद ने सोमवार को पुराने बंदरगाह पुल को फिर से बनाने का फैसला किया।",
        "इस परियोजना पर 42.5 करोड़ रुपये खर्च होंगे और काम तीन साल चलेगा।",
        "महापौर डॉ. इरा वर्मा ने कहा, “लोगों ने बहुत इंतज़ार किया है और अब उन्हें एक तारीख़ मिली है।”",
        "दो खंभों में दरारें मिलने के बाद पुल 18 महीने से बंद है।",
        "क्या पैसा समय पर काम पूरा करने के लिए काफ़ी होगा?",
        "पुल खुलने तक एक मुफ़्त नाव हर 15 मिनट में बंदरगाह पार करेगी।",
        "मछुआरों को डर है कि नाव रात में उनकी नावों को रोक देगी।",
        "खंभों पर काम सितंबर में शुरू होगा।",
    ],
    "ja": [
        "港町の市議会は月曜日、古い港の橋を建て直すことを決めた。",
        "費用は42.5億円で、工事は3年続く見込みだ。",
        "「住民は長い間待っていた。やっと日程が決まった」と井上市長は述べた。",
        "橋は二本の橋脚にひびが見つかり、18か月前から閉鎖されている。",
        "予算は足りるのだろうか？",
        "新しい橋が開通するまで、無料の渡し船が15分ごとに港を渡る。",
        "漁師たちは夜間に漁船の出港が遅れることを心配している。",
        "橋脚の工事は9月に始まる。",
    ],
    "pt": [
        "A câmara de Porto Velho aprovou na segunda-feira a reconstrução da ponte do porto.",
        "A obra vai custar 42,5 milhões de euros e deve durar três anos.",
        "“As pessoas esperaram muito. Agora têm uma data”, disse a prefeita, a Dra. Inês Varela.",
        "A ponte está fechada há 18 meses porque foram encontradas fissuras em dois pilares.",
        "O dinheiro será suficiente para terminar a tempo?",
        "Uma balsa gratuita vai cruzar o porto a cada 15 minutos até a abertura da ponte.",
        "Os pescadores temem que a balsa atrase os seus barcos durante a noite.",
        "As obras nos pilares começam em setembro.",
    ],
    "ru": [
        "Городской совет Речного в понедельник решил построить заново старый мост через гавань.",
        "Проект обойдётся в 42,5 млн евро и займёт 3 года, т. е. продлится до 2029 г. и далее.",
        "«Люди долго ждали. Теперь у них есть срок», — сказала мэр города И. В. Громова.",
        "Мост закрыт уже 18 месяцев, потому что в двух опорах нашли трещины.",
        "Хватит ли денег, чтобы закончить работу вовремя?",
        "До открытия моста бесплатный паром будет ходить через гавань каждые 15 минут.",
        "Рыбаки опасаются, что ночью паром будет задерживать их лодки.",
        "Работы на опорах начнутся в сентябре.",
    ],
    "tr": [
        "Gülpınar belediye meclisi salı günü eski liman köprüsünü yeniden yapmaya karar verdi.",
        "Proje 42,5 milyon avroya mal olacak ve üç yıl sürecek.",
        "Belediye başkanı Dr. Varol, “İnsanlar uzun süre bekledi. Artık bir tarihleri var” dedi.",
        "Köprü, iki ayağında çatlaklar bulunduğu için 18 aydır trafiğe kapalı.",
        "Para, işi zamanında bitirmeye yetecek mi?",
        "Köprü açılana kadar ücretsiz bir vapur 15 dakikada bir limanı geçecek.",
        "Balıkçılar vapurun gece teknelerini geciktirmesinden korkuyor.",
        "Ayaklardaki çalışmalar eylül ayında başlayacak.",
    ],
    "vi": [
        "Hội đồng thành phố Cảng Hoa hôm thứ Hai đã quyết định xây lại cây cầu cũ của bến cảng.",
        "Dự án sẽ tốn 42,5 triệu euro và kéo dài trong ba năm.",
        "“Người dân đã chờ đợi rất lâu. Bây giờ họ đã có ngày cụ thể”, thị trưởng TS. Lê Vân nói.",
        "Cây cầu đã đóng cửa 18 tháng vì có vết nứt ở hai trụ cầu.",
        "Liệu số tiền có đủ để hoàn thành công việc đúng hạn không?",
        "Một chuyến phà miễn phí sẽ qua bến cảng 15 phút một lần cho đến khi cầu mới mở cửa.",
        "Ngư dân lo rằng chuyến phà sẽ làm chậm thuyền của họ vào ban đêm.",
        "Công việc ở các trụ cầu sẽ bắt đầu vào tháng Chín.",
    ],
    "zh": [
        "港口市议会周一决定重建老港大桥。",
        "工程将耗资4250.5万欧元，预计持续三年。",
        "市长林悦说：“居民等了很久。现在终于有了日期。”",
        "由于两个桥墩出现裂缝，大桥已经关闭了18个月。",
        "这笔钱够按时完工吗？",
        "在新桥通车之前，一艘免费渡轮将每15分钟横渡港口一次。",
        "渔民担心渡轮会在夜间耽误他们的船只。",
        "桥墩工程将于九月开始。",
    ],
}
UNSPACED = ("ja", "zh")


def _write(language: str) -> str:
    """Return the text, led by a line of characters beyond the basic plane."""
    sentences = TEXTS[language]
    joined = ("" if language in UNSPACED else " ").join(sentences[:5])
    return f"🌉🌉 𝕬\n\n{joined}\n\n" + "\n\n".join(sentences[5:])


@pytest.mark.parametrize("language", TEXTS)
def test_an_extractive_summary_is_made_of_the_sentences_of_the_text(language: str) -> None:
    text = _write(language)
    article = TextReader().read(text)
    assert article.language == language
    assert [s.text for s in article.sentences] == TEXTS[language]
    card = ModelCard("none", "1", "MIT", "summarise", languages=("en",))
    summaries = GroundedSummariser(card).summarise(article, ["short", "long"])
    for length, summary in summaries.items():
        budget = BUDGETS[length]
        assert budget.min_sentences <= len(summary.sentences) <= budget.max_sentences
        assert count_words(summary.text) <= budget.max_words
        for sentence in summary.sentences:
            (span,) = sentence.evidence
            assert sentence.method == "extractive"
            assert text[span.start : span.end] == sentence.text
            assert sentence.text in TEXTS[language]
    assert {s.text for s in summaries["short"].sentences} <= {
        s.text for s in summaries["long"].sentences
    }
    assert summaries["short"].sentences[0].text == TEXTS[language][0]
