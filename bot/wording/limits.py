"""How long a message may be. The channel fits whatever comes; these are what our own wording must keep by itself."""

from typing import Final

BODY: Final = 1_500
MOST_BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
MOST_ROWS: Final = 30
ROW_TITLE: Final = 24
LIST_BUTTON: Final = 20
