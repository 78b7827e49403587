"""Every message keeps its rules, and the rules agree with the channel's."""

from bot.channels import limits as channel
from bot.channels.twilio.templates import parse_templates
from bot.wording import check, limits
from bot.wording.labels import ROOT
from bot.wording.say import TOKEN, ApprovedTemplate, Option, Rendered


def test_every_message_keeps_its_rules():
    assert check.problems() == []


def test_our_limits_are_the_channels():
    assert limits.BODY == channel.BODY_LIMIT
    assert limits.MOST_BUTTONS == channel.MOST_BUTTONS
    assert limits.BUTTON_TITLE == channel.BUTTON_TITLE_LIMIT
    assert limits.ROW_TITLE == channel.ROW_TITLE_LIMIT
    assert limits.LIST_BUTTON == channel.LIST_BUTTON_LIMIT


def test_approved_templates_keep_whatsapps_rules():
    templates = parse_templates((ROOT / "whatsapp_templates.toml").read_text(encoding="utf-8"))

    assert "offer_opened" in templates


def test_choices_and_template_buttons_carry_the_token_of_their_question():
    rendered = Rendered(
        body="Order it?",
        language="en",
        buttons=(Option(choice="yes", title="Yes"),),
        template=ApprovedTemplate(name="owner_asked", variables=("Rs. 1.00", TOKEN)),
    )

    stored = rendered.content("Ab3d")

    assert [button["id"] for button in stored["buttons"]] == ["Ab3d:yes"]
    assert stored["template"]["variables"] == ["Rs. 1.00", "Ab3d"]
