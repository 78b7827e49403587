"""Which backups are kept."""

import datetime as dt

from core.backup.retention import kept

# Three in the morning in Kathmandu.
LAST = dt.datetime(2026, 11, 25, 21, 15, tzinfo=dt.UTC)


def nights(count):
    return [LAST - dt.timedelta(days=back) for back in range(count)]


def test_the_last_seven_days_are_all_kept():
    assert set(nights(7)) <= kept(nights(400))


def test_two_years_of_nights_shrink_to_days_weeks_and_months():
    stay = kept(nights(730))

    # Kathmandu's 26 November is a Thursday: the newest of the two Sundays before the last seven days, of eleven months.
    assert len(stay) == 7 + 2 + 11
    assert min(stay).astimezone(dt.timezone(dt.timedelta(hours=5, minutes=45))).date() == dt.date(
        2025, 12, 31
    )


def test_only_the_newest_of_a_day_is_kept():
    earlier = LAST - dt.timedelta(minutes=30)

    assert kept([earlier, LAST]) == {LAST}


def test_the_day_changes_at_midnight_in_kathmandu():
    before = dt.datetime(2026, 11, 25, 18, 10, tzinfo=dt.UTC)
    after = dt.datetime(2026, 11, 25, 18, 20, tzinfo=dt.UTC)

    assert kept([before, after]) == {before, after}


def test_periods_without_a_backup_do_not_count():
    old = LAST - dt.timedelta(days=900)

    assert kept([old, LAST]) == {old, LAST}


def test_nothing_to_keep():
    assert kept([]) == frozenset()


def test_order_does_not_matter():
    assert kept(nights(100)) == kept(nights(100)[::-1])
