"""What the order life cycle can refuse."""

from core.errors import DomainError


class AlreadyDone(DomainError):
    """Exactly this was done before; doing it again changes nothing."""

    code = "already_done"


class TooLate(DomainError):
    """The order has gone too far, or has ended, for what was asked."""

    code = "too_late"


class NothingAsked(DomainError):
    """The order waits for no answer of the retailer."""

    code = "nothing_asked"


class QuestionChanged(DomainError):
    """The question was asked anew meanwhile, with other facts: look again before you answer."""

    code = "question_changed"


class VendorLimitFull(DomainError):
    """What the vendor accepts is beyond the shop's credit limit with it: the offer closed, and others are asked."""

    code = "vendor_limit_full"


class LineNotInBasket(DomainError):
    """The basket has no such line."""

    code = "line_not_in_basket"


class NothingInBasket(DomainError):
    """The shop's basket is empty, so there is nothing to say yes to."""

    code = "nothing_in_basket"


class NotYetCustomer(DomainError):
    """The shop is not approved, so its yes would order nothing."""

    code = "not_yet_customer"


class NothingToRepeat(DomainError):
    """There is no earlier order to repeat."""

    code = "nothing_to_repeat"


class ShortMoreThanPromised(DomainError):
    """A line is reported short by more than was promised."""

    code = "short_more_than_promised"


class CodeLocked(DomainError):
    """Too many wrong delivery codes: an admin has to look."""

    code = "code_locked"


class CashNotStated(DomainError):
    """An order for cash: whether the money was handed over must be said with the code. Nothing was delivered yet."""

    code = "cash_not_stated"


class ShortageTooLate(DomainError):
    """What is short or damaged is to be reported soon after the delivery."""

    code = "shortage_too_late"


class ShortageOpen(DomainError):
    """An earlier report about the same delivery waits for its answer."""

    code = "shortage_open"


class ShortageAnswered(DomainError):
    """The report was agreed or refused before."""

    code = "shortage_answered"
