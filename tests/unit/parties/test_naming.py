"""What a person types as a name, a reference or a note never speaks for the bot, and never breaks a message."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parties.errors import NameRefused
from core.parties.naming import (
    clean_name,
    clean_note,
    clean_reason,
    clean_reference,
    require_name,
    require_place,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Asha Kirana Pasal", "Asha Kirana Pasal"),
        ("  Ram & Sons\u2028Store ", "Ram & Sons Store"),
        ("Sita\r\nStore\x0b2\x85", "Sita Store 2"),
        ("D'Souza (New Road)", "D'Souza (New Road)"),
        ("सावित्री खाद्य पसल", "सावित्री खाद्य पसल"),
        ("पर्\u200dयो स्टोर", "पर्\u200dयो स्टोर"),
        ("Store\u202egnp.exe", "Storegnp.exe"),
        ("K\u200bhaja Ghar", "Khaja Ghar"),
        ("*Bold* _Store_ ~x~", "Bold Store x"),
        ("🛒 Kiran Store 🛒", "Kiran Store"),
        ("x" * 500, "x" * 80),
        ("!!!", None),
        ("12", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_one_plain_line(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Khaacho",
        "*Khaacho*: paid in full. Do not take cash.",
        "KHAACHO support",
        "खाँचो",
        "Kaacho",
        "Kachho",
        "Khaachho Nepal",
        "Qaacho",
        "Khaaco",
        "Khatcho Mart",
        "Khaachow",
        "Khaancho",
        "Khaicho Store",
        "Kaacho-Support",
        "KaachhoTeam",
        "खाछो",
        "खाच्चो",
        "खाचौ",
        "खान्छो",
        "कhaacho",
        "Rामको Store",
        "पaसल",
        "K\u200bhaacho",
        "Kh-aacho",
        "Кhаасhо",
        "КHААСHО",
        "Khāacho",
        "Khaaсho Team",
        "Khaaacho team",
        "Ｋｈａａｃｈｏ",
        "𝐊𝐡𝐚𝐚𝐜𝐡𝐨",
        "κhααchο",
        "Khaach0",
        "Kh4acho",
        "Ḵħaaçhø",
        "KhaachoNepal",
        "Khaachoको Store",
        "Khachoको Store",
        "Khaचो Store",
        "KTपमको Store",
        "खांचो टिम",
        "Paid in full. Do not take cash",
        "Order 1072 canceled",
        "Order no. 1072",
        "Rаm Store. Don't take cash",
        "1072 delivered",
        "Paisa tirisakyo, cash nalinu",
        "अर्डर १०७२ रद्द भयो",
        "भुक्तानी भइसक्यो",
        "Магазин Катя",
        "ꓗꓧꓮꓮꓚꓧꓳ",
        "ᏦᎻᎪᎪᏟᎻO",
        "KhachoSupport",
        "Khaachס",
        "Cash nalinus",
        "Paisa nalinuhos",
        "Leave goods without code",
        "Deliver without code",
        "code nachahine",
        "Payment received",
        "Cash received 5000",
        "Advance payment received",
        "No dues",
        "Nothing to pay",
        "All dues cleared",
        "Settled in full",
        "भुक्तान भयो",
        "पैसा पायौं",
        "नगद प्राप्त",
        "कोड चाहिँदैन",
        "सामान दिनुहोस्",
        "Order KH-000123",
        "Code is 12345",
        "P a i d in full",
        "Approved by admin",
        "Admin",
        "saman dinuhos",
        "paisa aayo",
    ],
)
def test_nobody_has_our_name(typed):
    assert clean_name(typed) is None
    with pytest.raises(NameRefused):
        require_name(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Order Nepal Pvt. Ltd.",
        "Cash & Carry Mart",
        "Kachori Pasal",
        "Khachor Store",
        "Khanchi Traders",
        "Shree Pay Point",
        "New Delivery Store",
        "Code Cafe",
        "खाजा घर",
        "Unit 4 Kirana",
        "7 Eleven 24",
    ],
)
def test_what_only_begins_like_it_is_a_name(typed):
    assert clean_name(typed) == typed.rstrip(".")


HONEST = """
Khanchi Traders|Khaja Pasal|Sancho Suppliers|Macho Gym|Kucho Udyog|Kholcha Pasal|Khasro Kapada|Nacho Corner|Khoj Traders|Kancha Store
Asha पसल|पसल Nepal 24|Kanchhi Kirana|Khatiwada Store|Kachhuwa Traders|Chokho Ghee|Khachchar Transport|चोखो घिउ|खाता पसल|खोज ट्रेडर्स
Cash & Carry|Pooja Suppliers|Sabai Kirana|Approval Traders|Asha Kirana Pasal|Nagad Store|Naya Bazar Kirana|Narayan Traders
Nalini Store|Dinesh Suppliers|Payal Cosmetics|Prapti Store|Balance Nutrition|Advance Traders|Order Nepal|Code Cafe|Bill Bazar
Mal Bahadur Store|Maya Kirana|Malati Suppliers|Saman Pasal|Samaan Ghar|Rakam Traders|Quick Delivery Mart|Payment Point|A B C Store
S K Traders|R. K. Enterprises|Take Away Cafe|Send & Sons|Return Gift House|Collect & Co.|Khachor Store|Kachori Pasal|Khaja Ghar
Clear Water Suppliers|Clearview Mart|Settle Inn|New Approved Pharma|Due North Traders|Bhayo Bhayo Mart|Bakery Baki|Leave & Leaf
Drop Shop|Hand Made Nepal|Deliveree Foods|Parcel House|Confirm Mart|Goods & More|Nothing Else Cafe|Without Walls
सबै किराना|माया स्टोर|मालती सप्लायर्स|सामान घर|नगद पसल|पूजा सप्लायर्स|कोड क्याफे|नारायण ट्रेडर्स|बिल बजार|अर्डर नेपाल|É Café|Müller Mart
Kancho Store|Kanchho Kirana|Kaancho Pasal|Kanco Foods|Kancho Service Center|KTMको Pasal|Bajajका पार्टस|A1पसल|24पसल|Birgunjमा Asha
"""


@pytest.mark.parametrize("typed", [name for name in HONEST.replace("\n", "|").split("|") if name])
def test_an_honest_name_is_kept(typed):
    assert clean_name(typed) == typed.rstrip(".")


@pytest.mark.parametrize(
    "typed", ["Khaacho confirms", "PAID IN FULL do not take cash", "confirmed by admin", "Khaach0 ok"]
)
def test_a_reference_says_nothing_for_us(typed):
    assert clean_reference(typed) is None


@pytest.mark.parametrize(
    "typed", ["ABC123", "PAID-2231", "order 1042", "bill no 55", "txn 0098 cash", "Ram Bahadur 12"]
)
def test_a_reference_that_names_something_is_kept(typed):
    assert clean_reference(typed) == typed


def test_a_place_may_be_a_number_and_no_sentence_of_ours():
    assert require_place("44600") == "44600"
    assert require_place("  ") is None
    assert require_place("New Road,\n*Ward* 24") == "New Road, Ward 24"
    for typed in ("Khaaacho team", "Khaaсho", "Order 1072 canceled", "!!!"):
        with pytest.raises(NameRefused):
            require_place(typed)


def test_references_and_notes_keep_what_they_need():
    assert clean_reference(" 5KD92 / *paid*\n") == "5KD92 / paid"
    assert clean_note("2 ota futeko,\nok? *Khaacho: paid*") == "2 ota futeko, ok? Khaacho: paid"
    assert clean_reference("***") is None


def test_a_reason_is_a_word_of_ours_or_a_note():
    assert clean_reason("no_stock") == "no_stock"
    assert clean_reason("*Khaacho*: paid\nin full\u202e _now_") == "Khaacho : paid in full now"
    assert clean_reason("***") == "other"


@given(st.text(max_size=400))
def test_whatever_is_typed_what_is_kept_is_one_short_line_that_stays_as_it_is(typed):
    for clean in (clean_name, clean_reference, clean_note):
        kept = clean(typed)
        if kept is None:
            continue
        assert len(kept.splitlines()) == 1
        assert len(kept) <= 300
        assert not any(
            unicodedata.category(character) in {"Cc", "Zl", "Zp", "Co", "Cn"} for character in kept
        )
        assert not set("*_~`\u202e\u200b") & set(kept)
        assert clean(kept) == kept
