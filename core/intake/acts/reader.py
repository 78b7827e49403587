"""Read one message into acts. Pure: no database, no clock; never raises for any text."""

from core.intake.acts.types import Act, ActKind, Mood
from core.intake.reading import Role


def read_acts(text: str, *, role: Role) -> tuple[Act, ...]:
    """Give all that a message does, in the order of its words; what nothing explains is an act of kind `UNREAD`."""
    del role
    if not text.strip():
        return ()
    return (Act(kind=ActKind.UNREAD, mood=Mood.NOW, is_certain=False, text=text, start=0, end=len(text)),)
