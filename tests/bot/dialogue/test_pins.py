"""A pin as the provider posts it: its label is the shop's area."""

from sqlalchemy import select

from core.parties.models import Retailer


def test_the_label_of_a_pin_is_the_area_of_the_shop(stage):
    stage.write("+9779811000010", "hello")
    stage.write("+9779811000010", "Ram Store")

    stage.post(
        "+9779811000010",
        Latitude="27.693",
        Longitude="85.281",
        Label="Kalanki Chowk",
        Address="Ring Road",
        Body="",
        MessageType="location",
    )

    with stage.database.transaction() as session:
        shop = session.scalars(select(Retailer).where(Retailer.shop_name == "Ram Store")).one()
        assert (shop.area, str(shop.latitude)) == ("Kalanki Chowk", "27.693000")
