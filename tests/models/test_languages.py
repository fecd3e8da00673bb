"""Languages are known by code and name, and identified without anything downloaded."""

from __future__ import annotations

import pytest

from models.languages import CODES, identify, join_sentences, lean, name_language, normalise

SENTENCES = {
    "ar": "أعلنت الحكومة يوم الاثنين عن بناء جسر جديد فوق النهر.",
    "bn": "সরকার সোমবার নদীর উপর একটি নতুন সেতু নির্মাণের ঘোষণা দিয়েছে।",
    "cs": "Vláda v pondělí oznámila stavbu nového mostu přes řeku.",
    "de": "Die Regierung kündigte am Montag den Bau einer neuen Brücke über den Fluss an.",
    "el": "Η κυβέρνηση ανακοίνωσε τη Δευτέρα την κατασκευή νέας γέφυρας.",
    "en": "The government announced on Monday that a new bridge will be built over the river.",
    "es": "El gobierno anunció el lunes la construcción de un nuevo puente sobre el río.",
    "fa": "دولت روز دوشنبه ساخت پل جدیدی بر روی رودخانه را اعلام کرد.",
    "fr": "Le gouvernement a annoncé lundi la construction d'un nouveau pont sur le fleuve.",
    "he": "הממשלה הודיעה ביום שני על בניית גשר חדש מעל הנהר.",
    "hi": "सरकार ने सोमवार को नदी पर एक नया पुल बनाने की घोषणा की।",
    "hu": "A kormány hétfőn bejelentette, hogy új híd épül a folyó felett.",
    "id": "Pemerintah mengumumkan pada hari Senin bahwa jembatan baru akan dibangun di sungai itu.",
    "it": "Il governo ha annunciato lunedì la costruzione di un nuovo ponte sul fiume.",
    "ja": "政府は月曜日、川に新しい橋を建設すると発表した。",
    "ko": "정부는 월요일 강 위에 새로운 다리를 건설한다고 발표했다.",
    "nl": "De regering kondigde maandag de bouw van een nieuwe brug over de rivier aan.",
    "pl": "Rząd ogłosił w poniedziałek budowę nowego mostu na rzece.",
    "pt": "O governo anunciou na segunda-feira a construção de uma nova ponte sobre o rio.",
    "ro": "Guvernul a anunțat luni construirea unui nou pod peste râu.",
    "ru": "Правительство объявило в понедельник о строительстве нового моста через реку.",
    "sv": "Regeringen meddelade på måndagen att en ny bro ska byggas över floden.",
    "sw": "Serikali ilitangaza Jumatatu kwamba daraja jipya litajengwa juu ya mto.",
    "ta": "ஆற்றின் மீது புதிய பாலம் கட்டப்படும் என்று அரசு திங்கட்கிழமை அறிவித்தது.",
    "th": "รัฐบาลประกาศเมื่อวันจันทร์ว่าจะสร้างสะพานใหม่ข้ามแม่น้ำ",
    "tr": "Hükümet pazartesi günü nehrin üzerine yeni bir köprü yapılacağını açıkladı.",
    "uk": "Уряд оголосив у понеділок про будівництво нового мосту через річку.",
    "ur": "حکومت نے پیر کو دریا پر ایک نیا پل بنانے کا اعلان کیا۔",
    "vi": "Chính phủ hôm thứ Hai thông báo sẽ xây một cây cầu mới bắc qua sông.",
    "zh": "政府周一宣布将在河上修建一座新桥。",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_single_sentence_is_identified(code: str) -> None:
    found = identify(SENTENCES[code])
    assert found.code == code
    assert 0.0 < found.confidence <= 1.0


@pytest.mark.parametrize("text", ["", "   \n", "😀😀 🎉", "12 345,67 €", "a", "!?…", "\x00\x01"])
def test_where_there_is_nothing_to_go_by_the_language_is_undetermined(text: str) -> None:
    assert identify(text) == identify("")
    assert identify(text).code == "und"
    assert identify(text).confidence == 0.0


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("EN", "en"),
        ("en-US", "en"),
        ("pt_BR", "pt"),
        ("zh-Hans", "zh"),
        ("zh-Hant-TW", "zh"),
        (" fr ", "fr"),
        ("nb", "no"),
        ("iw", "he"),
        ("nn", "no"),
        ("ckb", "ckb"),
    ],
)
def test_what_clients_send_becomes_a_known_code(sent: str, known: str) -> None:
    assert normalise(sent) == known


@pytest.mark.parametrize(
    "sent", ["", " ", "xx", "english", "und", "mul", "qaa", "x-foo", "en-", "\ud800", "a" * 5000]
)
def test_an_unknown_code_is_a_clear_error(sent: str) -> None:
    with pytest.raises(ValueError, match="unknown language"):
        normalise(sent)


def test_every_known_language_has_a_name_and_is_its_own_code() -> None:
    assert len(CODES) >= 50
    for code in CODES:
        assert normalise(code) == code
        assert name_language(code) not in ("", code)


def test_sentences_are_joined_as_the_script_does() -> None:
    assert join_sentences(["One.", "Two."], "en") == "One. Two."
    assert join_sentences(["一。", "二。"], "zh") == "一。二。"
    assert join_sentences(["一。", "二。"], "zh-Hant") == "一。二。"


@pytest.mark.parametrize(
    ("text", "usual", "expected"),
    [
        ("Hello", "en", "en"),  # undetermined by itself
        ("My hand is in warm water.", "en", "en"),  # Afrikaans by itself
        ("No comment", "en", "en"),  # Italian
        ("I", "en", "en"),
        ("Danke", "de", "de"),
        ("El puente está cerrado.", "en", "es"),
        ("Nein, danke", "en", "de"),
        ("こんにちは", "en", "ja"),
        ("12 %", "en", "und"),
    ],
)
def test_a_text_in_doubt_takes_the_language_of_its_list(text: str, usual: str, expected: str):
    found = lean(text, identify(text), usual)
    assert found.code == expected
    assert (found.confidence > 0) == (expected != "und")
