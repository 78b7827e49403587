"""A cheque is no money yet: what shop and wholesaler read when it is taken, and when it bounces."""

from core.credit import service as credit
from core.credit.models import Payment
from tests.bot.dialogue.test_vendor_says import on_the_way, said_to
from tests.bot.test_transcripts import ADMIN


def test_both_sides_are_told_what_becomes_of_a_cheque(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "1500 cheque no 778812 diye")

    taken = stage.write("gita", "ho")

    (to_vendor,), (to_shop,) = said_to(taken, "gita"), said_to(taken, "asha")
    assert "बैंकले पास गरेपछि मात्र" in to_vendor
    assert "is with the wholesaler" in to_shop
    with stage.database.transaction() as session:
        payment_id = session.query(Payment.id).scalar()
        credit.bounce_cheque(session, payment_id, reason="no funds", actor=ADMIN, now=stage.now)

    bounced = stage.follow()

    assert "has bounced" in said_to(bounced, "asha")[0]
    assert "बाउन्स भयो" in said_to(bounced, "gita")[0]
