"""What the hourly look does: cuts once for the same delays, blocks that lift themselves, alerts, and what it repeats."""

import pytest
from sqlalchemy import select

from core.alerts.kinds import AlertKind, AlertState
from core.alerts.models import Alert
from core.credit import service
from core.credit.kinds import PaymentMethod
from core.credit.models import CreditAccount
from core.errors import NotAllowed
from core.money import rupees
from core.risk.errors import ActionEnded, ActionNotReversible, LimitChangedSince
from core.risk.kinds import ActionKind
from core.risk.models import CreditScoreRow, RiskAction, RiskScoreRow
from core.risk.service import checking
from core.risk.service.actions import undo_cut
from core.risk.service.dry_run import dry_run
from core.risk.settings import DelayRule, RiskWeights
from tests.services.credit.parties import ADMIN, NOW, days, deliver, events, pay, retailer_actor


def late_three_times(session, parties, *, from_days_ago=70):
    """Three bills, each paid five days late."""
    for place in range(3):
        at = NOW - days(from_days_ago - place)
        deliver(session, parties, 1_000, at=at)
    for place in range(3):
        pay(session, parties.asha, 1_000, at=NOW - days(from_days_ago - 35 - place))


def check(session, parties, now=NOW):
    return checking.check(session, [parties.asha], now=now)


def limit_of(session, parties):
    account = select(CreditAccount.limit_minor).where(CreditAccount.retailer_id == parties.asha)
    return session.scalar(account) // 100


def actions(session, kind=None):
    rows = session.scalars(select(RiskAction).order_by(RiskAction.id))
    return [row for row in rows if kind is None or row.kind is kind]


def test_three_delays_cut_the_limit_once(session, parties):
    late_three_times(session, parties)

    check(session, parties)
    check(session, parties)

    (cut,) = actions(session, ActionKind.LIMIT_CUT)
    assert (cut.before_minor, cut.after_minor) == (10_000_000, 7_500_000)
    assert len(cut.facts["invoice_ids"]) == 3
    assert limit_of(session, parties) == 75_000
    assert events(session, "CreditLimitCut") == [{"retailer_id": parties.asha, "action_id": cut.id}]


def test_three_more_delays_cut_it_again(session, parties):
    late_three_times(session, parties, from_days_ago=120)
    check(session, parties, now=NOW - days(80))
    late_three_times(session, parties, from_days_ago=70)

    check(session, parties)

    assert limit_of(session, parties) == 56_250


def test_while_a_claim_waits_nothing_is_cut(session, parties):
    late_three_times(session, parties)
    deliver(session, parties, 500, at=NOW)
    service.claim_payment(
        session,
        retailer_id=parties.asha,
        method=PaymentMethod.CASH,
        reference=None,
        amount=rupees(500),
        actor=retailer_actor(parties.asha),
        now=NOW,
    )

    check(session, parties)

    assert limit_of(session, parties) == 100_000


def test_an_undone_cut_is_not_made_again(session, parties):
    late_three_times(session, parties)
    check(session, parties)
    (cut,) = actions(session, ActionKind.LIMIT_CUT)

    undo_cut(session, cut.id, reason="the bank was closed", actor=ADMIN, now=NOW)
    check(session, parties)

    assert limit_of(session, parties) == 100_000
    with pytest.raises(ActionEnded):
        undo_cut(session, cut.id, reason="again", actor=ADMIN, now=NOW)


def test_an_undo_after_another_limit_is_refused(session, parties):
    late_three_times(session, parties)
    check(session, parties)
    (cut,) = actions(session, ActionKind.LIMIT_CUT)
    service.change_limit(session, parties.asha, limit=rupees(80_000), reason="agreed", actor=ADMIN, now=NOW)

    with pytest.raises(LimitChangedSince):
        undo_cut(session, cut.id, reason="wrong", actor=ADMIN, now=NOW)
    with pytest.raises(NotAllowed):
        undo_cut(session, cut.id, reason="mine", actor=retailer_actor(parties.asha), now=NOW)
    assert limit_of(session, parties) == 80_000


def test_a_cut_is_given_back_after_ninety_good_days(session, parties):
    late_three_times(session, parties, from_days_ago=200)
    # Looked at on the day after the last payment, when the three are the last due ones.
    check(session, parties, now=NOW - days(160))
    assert limit_of(session, parties) == 75_000

    check(session, parties, now=NOW - days(71))
    assert limit_of(session, parties) == 75_000
    check(session, parties, now=NOW - days(70))

    assert limit_of(session, parties) == 100_000
    assert [row.kind for row in actions(session)] == [ActionKind.LIMIT_CUT, ActionKind.LIMIT_RESTORED]
    assert actions(session)[0].end_reason == "restored"


def test_a_warning_a_block_and_its_end_are_told_once_each(session, parties):
    invoice = deliver(session, parties, 1_000, at=NOW - days(60))

    for now in (NOW - days(16), NOW - days(15), NOW - days(14), NOW - days(1), NOW, NOW):
        check(session, parties, now=now)

    assert [row.kind for row in actions(session)] == [ActionKind.OVERDUE_WARNED, ActionKind.CREDIT_BLOCKED]
    assert actions(session)[1].facts["invoice_id"] == invoice.id
    with pytest.raises(ActionNotReversible):
        undo_cut(session, actions(session)[1].id, reason="please", actor=ADMIN, now=NOW)

    pay(session, parties.asha, 1_000, at=NOW)
    check(session, parties)
    check(session, parties)

    assert actions(session)[1].end_reason == "paid"
    assert [
        len(events(session, name)) for name in ("OverdueWarned", "CreditBlocked", "CreditBlockLifted")
    ] == [
        1,
        1,
        1,
    ]


def test_a_critical_score_is_one_alert_that_ends_with_it(session, parties):
    service.change_limit(session, parties.asha, limit=rupees(3_000), reason="small", actor=ADMIN, now=NOW)
    for place in range(3):
        deliver(session, parties, 1_000, at=NOW - days(80 - place))

    check(session, parties)
    check(session, parties)

    (alert,) = session.scalars(select(Alert).where(Alert.kind == AlertKind.HIGH_RISK))
    assert (alert.state, alert.times, alert.facts["score"]) == (AlertState.OPEN, 2, "80.00")

    pay(session, parties.asha, 3_000, at=NOW)
    check(session, parties)

    session.refresh(alert)
    assert alert.state is AlertState.RESOLVED


def test_scores_are_kept_when_they_change(session, parties):
    check(session, parties)
    check(session, parties)

    (credit,) = session.scalars(select(CreditScoreRow))
    (risk,) = session.scalars(select(RiskScoreRow))
    assert (credit.score, credit.tier, risk.score) == (500, "poor", 0)

    deliver(session, parties, 50_000, at=NOW)
    check(session, parties)

    assert len(session.scalars(select(CreditScoreRow)).all()) == 2
    assert [row.score for row in session.scalars(select(RiskScoreRow).order_by(RiskScoreRow.id))][1] > 10


def test_a_dry_run_names_whom_a_rule_would_have_hit_and_changes_nothing(session, parties):
    late_three_times(session, parties)

    stricter = dry_run(session, DelayRule(consecutive_delays=2), now=NOW)
    milder = dry_run(session, DelayRule(consecutive_delays=4), now=NOW)

    assert (stricter.before, stricter.after) == ({parties.asha}, {parties.asha})
    assert milder.after == set()
    assert dry_run(session, RiskWeights(), now=NOW).after == set()
    assert (actions(session), limit_of(session, parties)) == ([], 100_000)
