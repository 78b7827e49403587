"""Limits that our templates must keep. The channel would shorten what is longer."""

from typing import Final

BODY: Final = 1_500
MOST_BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
MOST_ROWS: Final = 30
ROW_TITLE: Final = 24
LIST_BUTTON: Final = 20
