"""Numbers that count several things at once, or nothing: totals and their parts, one number for each, sizes in turn, sums."""

import pytest

from core.intake.reading import Intent

from .conftest import basket

TOTALS = [
    "wai wai 5 {unit} (veg 2, chicken 3)",
    "wai wai 5 {unit}: 2 veg, 3 chicken",
    "wai wai 5 {unit}, veg 2 chicken 3",
    "5 {unit} wai wai chahiyo, 2 veg 3 chicken",
    "wai wai 5 {unit} - veg 2 chicken 3",
]


@pytest.mark.parametrize(("unit", "pieces"), [("ctn", 30), ("peti", 30), ("darjan", 12)])
@pytest.mark.parametrize("saying", TOTALS)
def test_parts_of_a_total_count_its_unit_and_its_goods(saying, unit, pieces, read):
    reading = read(saying.format(unit=unit))

    assert basket(reading) == {"WW-VEG-75": str(2 * pieces), "WW-CHK-75": str(3 * pieces)}
    assert not reading.clarify


@pytest.mark.parametrize(
    "around",
    [
        "lux rose 12, {}",
        "{}, lux rose 12",
        "12 lux rose {}",
        "lux rose 12 {} oreo choco 5",
        "oreo choco 5, {}, lux rose 12",
    ],
)
@pytest.mark.parametrize("saying", [TOTALS[0], TOTALS[2]])
def test_parts_of_a_total_stand_among_other_goods(saying, around, read):
    reading = read(around.format(saying.format(unit="ctn")))

    others = {"LUX-ROSE-100": "12", **({"OREO-CHO-46": "5"} if "oreo" in around else {})}
    assert basket(reading) == {"WW-VEG-75": "60", "WW-CHK-75": "90", **others}
    assert not reading.clarify


def test_two_totals_in_a_row_have_their_own_parts(read):
    reading = read("wai wai 5 ctn (veg 2, chicken 3), lux 4 dz (rose 3, jasmine 1)")

    assert basket(reading) == {
        "WW-VEG-75": "60",
        "WW-CHK-75": "90",
        "LUX-ROSE-100": "36",
        "LUX-JAS-100": "12",
    }


def test_a_kind_more_than_adds_up_is_asked_about(read):
    assert read("oreo choco 5, wai wai 5 ctn (veg 2, chicken 3, bhujia 2)").clarify


def test_numbers_that_do_not_add_up_are_no_parts(read):
    assert read("lux 4 dz, rose 2 jasmine 1").clarify


@pytest.mark.parametrize("total", ["total 24", "jamma 24", "total 24 ota"])
@pytest.mark.parametrize("comma", ["", ","])
def test_a_sum_is_no_goods_though_a_soap_is_called_so(comma, total, read):
    reading = read(f"lux rose 12{comma} lifebuoy lemon 12{comma} {total}")

    assert basket(reading) == {"LUX-ROSE-100": "12", "LIFE-LEM-100": "12"}


def test_the_soap_of_that_name_is_still_ordered(read):
    assert basket(read("lifebuoy lemon 12, total 6")) == {"LIFE-LEM-100": "12", "LIFE-TOT-100": "6"}


@pytest.mark.parametrize("number", ["1 1 peti", "1/1 peti", "ek ek peti", "sabai 1 1 peti"])
def test_one_number_said_twice_is_for_each(number, read):
    reading = read(f"oreo choco, bourbon, monaco {number}")

    assert basket(reading) == {"OREO-CHO-46": "60", "BRT-BOU-60": "60", "MONACO-63": "72"}


@pytest.mark.parametrize(
    "above", ["sabai 1/1 peti", "yo sabai 1/1 peti", "ek ek peti pathaunu", "sabai 1/1 peti:"]
)
def test_a_number_above_rows_of_names_is_for_each_of_them(above, read):
    reading = read(f"{above}\noreo choco\nbourbon\nmonaco")

    assert basket(reading) == {"OREO-CHO-46": "60", "BRT-BOU-60": "60", "MONACO-63": "72"}


def test_a_number_above_rows_with_numbers_of_their_own_is_not(read):
    assert basket(read("sabai 1/1 peti\noreo choco 5\nbourbon 6")) == {"OREO-CHO-46": "5", "BRT-BOU-60": "6"}


@pytest.mark.parametrize("heading", ["masala haru 2/2 packet:", "masala sabai 2/2:", "masalaharu 2-2 pkt:"])
def test_a_number_of_a_heading_counts_what_is_sold_beside_its_goods(heading, read):
    reading = read(f"{heading} meat masala, besar 100, khursani")

    assert basket(reading) == {"CEN-MEAT-50": "2", "CEN-BES-100": "2", "CEN-KHU-100": "2"}


@pytest.mark.parametrize("heading", ["sabun haru -", "sabun haru:", "sabun:", "sabunharu:"])
def test_several_of_a_kind_are_a_heading_and_no_hair_oil(heading, read):
    reading = read(f"{heading} lux rose 12, dettol cool 24")

    assert (basket(reading), reading.clarify) == ({"LUX-ROSE-100": "12", "DET-COOL-75": "24"}, False)


def test_sizes_and_counts_take_turns_before_other_goods(read):
    reading = read("colgate 100gm 2 dz 200gm 1 dz brush 3 dz")

    assert basket(reading) == {"COLG-ST-100": "24", "COLG-ST-200": "12", "COLG-BRS": "36"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("coke thulo 2.25 wala 2, sano 250 wala 3", {"COKE-2250": "2", "COKE-250": "3"}),
        ("coke 2.25 wala 2 peti, sano 250 wala 3 peti", {"COKE-2250": "18", "COKE-250": "72"}),
    ],
)
def test_a_size_that_is_also_a_price_is_the_size_that_was_meant(text, wanted, read):
    assert basket(read(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("khulla chini 10 kilo ra bora 2", {"SUG-LS": "10", "SUG-50": "2"}),
        ("chini 2 bora ra khulla 10 kg", {"SUG-50": "2", "SUG-LS": "10"}),
        ("chiura khulla 10kg + 1 bora", {"CHIU-LS": "10", "CHIU-25": "1"}),
        ("maida 1 bora, khulla 5kg pani", {"MAID-50": "1", "MAID-LS": "5"}),
    ],
)
def test_loose_goods_and_sacks_of_the_same_stand_side_by_side(text, wanted, read):
    assert basket(read(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("chips 20 lays classic", {"LAYS-CLS-25": "20"}),
        ("tel 5 jar dhara 5L", {"DHA-MUS-5": "5"}),
        ("brush 2 darjan colgate", {"COLG-BRS": "24"}),
        ("masala 10 garam", {"CEN-GAR-50": "10"}),
    ],
)
def test_what_follows_the_number_may_only_tell_more_of_the_goods_before(text, wanted, read):
    reading = read(text)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("nido sano cha? 5 ota pathaunu", {"NIDO-400": "5"}),
        ("coke 500 kati parcha? 2 peti pathaidinu", {"COKE-500": "48"}),
        ("sona mansuli kati ho? 5 bora pathaunus", {"SM-25": "5"}),
    ],
)
def test_an_order_behind_a_question_is_for_its_goods(text, wanted, read):
    assert basket(read(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "is Kurkure green chutney back? I would need 2 cartons later",
        "nido cha? 5 ota lagla",
        "nido sano cha? bhaye 5 ota linchu hola",
    ],
)
def test_goods_that_are_only_thought_of_behind_a_question_are_not_ordered(text, read):
    assert basket(read(text)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "sasu le 2 kg musuro mangeko",
        "aamaa le 2 kg musuro bhannu bhayo, pathaidinu",
        "didi le bhannu bhako 2 kg musuro re",
    ],
)
def test_goods_that_somebody_asked_the_shop_for_are_ordered(text, read):
    reading = read(text)

    assert (reading.intent, basket(reading)) == (Intent.ORDER, {"MUS-LS": "2"})


def test_a_promise_that_is_reported_orders_nothing(read):
    assert basket(read("5 bora chini pathauchu bhannubhako, kahile auncha?")) == {}


@pytest.mark.parametrize("name", ["3in1", "3 in 1", "3-in-1", "३इन१", "३ इन १"])
def test_a_name_of_figures_is_read_however_it_is_parted(name, read):
    assert basket(read(f"nescafe {name} 8 strip")) == {"NESC-SAC": "8"}


def test_a_doubled_word_is_written_with_a_two(read):
    assert basket(read("wai2 chicken 2 peti, wai2 veg 1 peti")) == {"WW-CHK-75": "60", "WW-VEG-75": "30"}


@pytest.mark.parametrize("talk", ["bhai sahab", "oe mitra", "zorba"])
def test_a_word_of_talk_takes_no_number_of_a_list_that_counts_first(talk, read):
    reading = read(f"{talk} 2 bori chini 1 bori maida 5 kilo chana dal")

    assert basket(reading) == {"SUG-50": "2", "MAID-50": "1", "CHDAL-LS": "5"}


def test_goods_that_are_not_sold_keep_their_number_in_a_list_that_counts_last(read):
    reading = read("zorba 2 ctn coke 500 1 ctn fanta 500 3 ctn")

    assert basket(reading) == {"COKE-500": "24", "FAN-500": "72"}
    assert reading.clarify


@pytest.mark.parametrize(
    "text",
    [
        "lux rose 2 jasmine 3 {}",
        "lux rose 2, jasmine 3 {}",
        "2 lux rose 3 lux jasmine ({})",
        "lux rose 2 jasmine 3, {} ma",
    ],
)
@pytest.mark.parametrize("unit", ["sabai darjan", "sabai dz"])
def test_a_unit_said_once_for_all_counts_all(text, unit, read):
    assert basket(read(text.format(unit))) == {"LUX-ROSE-100": "24", "LUX-JAS-100": "36"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("harpic 6 = 1260\ntide 12 = 3120", {"HARP-500": "6", "TIDE-1": "12"}),
        ("chini 2 bora = 9400", {"SUG-50": "2"}),
        ("waiwai chicken @ 22 ko 5 peti = 3300", {"WW-CHK-75": "150"}),
    ],
)
def test_what_a_count_costs_in_all_is_no_count(text, wanted, read):
    assert basket(read(text)) == wanted


@pytest.mark.parametrize("no", ["coke chahidaina", "tel ahile hoina", "coke nahi chahiye", "biscuit not now"])
def test_loose_goods_with_their_weight_stay_beside_a_refusal(no, read):
    assert basket(read(f"chini 5 kg, {no}")) == {"SUG-LS": "5"}


@pytest.mark.parametrize("no", ["fanta chahidaina", "fanta mat bhejna"])
def test_a_weight_that_may_be_a_pack_is_asked_about_beside_a_refusal(no, read):
    reading = read(f"sugar 50 kg, {no}")

    assert (basket(reading), reading.clarify) == ({}, True)


@pytest.mark.parametrize(
    "text",
    [
        "2 case wai wai veg, would need by friday",
        "2 case wai wai veg, will clear tomorrow",
        "carton patkeko thyo, wai wai veg 2 case feri pathaunu",
        "sabai cha, wai wai veg 2 case",
        "need later, wai wai veg 2 case",
    ],
)
def test_talk_beside_an_order_does_not_silence_it(text, read):
    reading = read(text)

    assert (reading.intent, basket(reading)) == (Intent.ORDER, {"WW-VEG-75": "60"})


@pytest.mark.parametrize(
    "text",
    [
        "wai wai veg kati ho? 2 case pathako thyo",
        "coke 500 kati ho? last time 2 peti pathaunu bhako thyo",
        "chini katima paryo? hijo 2 bora pathaunu bhako",
    ],
)
def test_what_was_sent_before_is_not_ordered_behind_a_question(text, read):
    assert basket(read(text)) == {}


def test_a_soap_named_by_its_whole_name_is_no_sum(read):
    assert basket(read("lux rose 12 lifebuoy lemon 12 total soap 24"))["LIFE-TOT-100"] == "24"


def test_so_many_in_so_many_litres_is_no_name(read):
    assert basket(read("dhara tel 3 in 1 ltr bottle")) == {"DHA-MUS-1": "3"}
