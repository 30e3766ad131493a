"""Times and sizes in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from tracker_gui.qt.words import day_in_words

NOW = datetime(2026, 3, 1, 9, 0)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2026, 3, 1, 8, 5), "today 08:05"),
        (datetime(2026, 2, 28, 23, 59), "yesterday 23:59"),
        (datetime(2026, 2, 27, 23, 59), "27 Feb 2026"),
        (datetime(2026, 3, 2, 8, 0), "2 Mar 2026"),
    ],
)
def test_the_hour_is_told_of_today_and_yesterday_and_else_the_day(then: datetime, words: str) -> None:
    assert day_in_words(then.timestamp(), NOW.timestamp()) == words
