"""A newcomer says the shop's name and place in any order, with labels, and puts them right at every later step."""

import pytest

NEW = "+9779811111111"


def said(stage, *messages):
    """The last answer to these messages of a newcomer."""
    stage.write(NEW, "namaste")
    stage.write(NEW, "english")
    for words in messages[:-1]:
        stage.write(NEW, words)
    return "\n".join(one.message.text for one in stage.write(NEW, messages[-1]))


@pytest.mark.parametrize(
    ("messages", "read_back"),
    [
        (["नाम माँ जानकी भण्डार हो, ठाउँ जनकपुर"], "*माँ जानकी भण्डार*, जनकपुर"),
        (["naam Ram Store ho thau Malangwa"], "*Ram Store*, Malangwa"),
        (["shop name: Ram Store\naddress: Malangwa-3"], "*Ram Store*, Malangwa-3"),
        (["Janakpur, Maa Janaki Bhandar"], "*Maa Janaki Bhandar*, Janakpur"),
        (["जनकपुर", "माँ जानकी भण्डार"], "*माँ जानकी भण्डार*, जनकपुर"),
        (["Ram Janaki Kirana", "malangwa sarlahi tira"], "*Ram Janaki Kirana*, malangwa sarlahi"),
        (["Sita Store", "I have shop at Lagankhel near bus park"], "*Sita Store*, Lagankhel near bus park"),
        (["Sita Store", "hamro pasal Lagankhel ma cha"], "*Sita Store*, Lagankhel"),
        (["Sita Store", "hoina pasal ko naam Gita Store ho", "Patan"], "*Gita Store*, Patan"),
        (["Sita Store", "naam galat bhayo, Gita Store ho", "Patan"], "*Gita Store*, Patan"),
        (["Sita Store", "Patan", "haina kalimati ho thau"], "*Sita Store*, kalimati"),
        (["Sita Store", "Patan", "hoina, Gita Store ho mero naam"], "*Gita Store*, Patan"),
        (["Sita Store", "Patan", "naam galat bhayo, Gita Store ho"], "*Gita Store*, Patan"),
        (["Sita Store", "Patan", "उल्टो भयो, नाम गीता स्टोर, ठाउँ जनकपुर"], "*गीता स्टोर*, जनकपुर"),
        (["Sita Store", "Patan", "hoina, Lagankhel"], "*Sita Store*, Lagankhel"),
        (["Sita Store", "Patan", "thau Lagankhel ho"], "*Sita Store*, Lagankhel"),
        (["Area 51 Mart, Patan"], "*Area 51 Mart*, Patan"),
        (["मेरो पसलको नाम हैन, पहिला भाउ भन्नुस्", "गीता किराना", "Baluwatar"], "*गीता किराना*, Baluwatar"),
        (["haina, naam 'Sri Ganesh Stores' ho. ganesh haina", "Kalanki"], "*Sri Ganesh Stores*, Kalanki"),
        (["Sita Store", "Patan", "Gita Kirana Store"], "*Gita Kirana Store*, Patan"),
    ],
)
def test_name_and_place_are_read_as_what_they_are(stage, messages, read_back):
    assert read_back in said(stage, *messages)


@pytest.mark.parametrize(
    ("messages", "read_back"),
    [
        (["pasal chai Shrestha Kirana, Kalimati tira"], "*Shrestha Kirana*, Kalimati"),
        (["पसल चाहिँ श्रेष्ठ किराना, कालीमाटी"], "*श्रेष्ठ किराना*, कालीमाटी"),
        (["meri dukan Gupta General Store, Birgunj"], "*Gupta General Store*, Birgunj"),
        (["our shop is Shrestha Kirana, Kalimati"], "*Shrestha Kirana*, Kalimati"),
        (["Shrestha Kirana", "Kalimati", "hoina Kalanki ho"], "*Shrestha Kirana*, Kalanki"),
        (["Shrestha Kirana", "Kalimati", "hoina Balkhu ho"], "*Shrestha Kirana*, Balkhu"),
        (["Shrestha Kirana", "Kalimati", "होइन कलंकी हो"], "*Shrestha Kirana*, कलंकी"),
        (["Shrestha Kirana", "Kalimati", "sorry, Balkhu"], "*Shrestha Kirana*, Balkhu"),
        (["Shrestha Kirana", "Balkhu. but i will shift to Kirtipur next month"], "*Shrestha Kirana*, Balkhu"),
    ],
)
def test_a_place_that_is_put_right_does_not_replace_the_name(stage, messages, read_back):
    assert read_back in said(stage, *messages)


@pytest.mark.parametrize("words", ["हजुर, तेल कति पर्छ लिटरको?", "oil price?", "chini kati ho?"])
def test_a_price_asked_in_the_first_message_is_answered_before_the_name_is_asked(stage, words):
    told = "\n".join(one.message.text for one in stage.write(NEW, words))

    assert "मूल्य देखाउँछु" in told or "price" in told


@pytest.mark.parametrize("words", ["मेरो पसलको नाम हैन, पहिला भाउ भन्नुस्", "naam haina", "name: no"])
def test_a_denied_name_is_no_name(stage, words):
    told = said(stage, words)

    assert "Thanks" not in told
    assert "your shop's name" in told
