"""What can be refused about people."""

from core.errors import DomainError


class SignInRefused(DomainError):
    """The name or the password is wrong, or the user is not active: never said which."""

    code = "sign_in_refused"


class PhoneNotUnderstood(DomainError):
    """This is not a phone number that can be dialed."""

    code = "phone_not_understood"


class PasswordTooShort(DomainError):
    """A password needs a few more characters."""

    code = "password_too_short"


class PasswordTooCommon(DomainError):
    """This password is among the first that somebody would guess: choose another one."""

    code = "password_too_common"


class UserNameTaken(DomainError):
    """Somebody already signs in with this e-mail or phone."""

    code = "user_name_taken"


class UserNameMissing(DomainError):
    """A user signs in with an e-mail or a phone: one of them stays."""

    code = "user_name_missing"


class PartyInactive(DomainError):
    """The shop or vendor was deactivated: nobody acts for it any more."""

    code = "party_inactive"


class AlreadyApproved(DomainError):
    """An approved party is blocked or made inactive, not refused."""

    code = "already_approved"


class LastOwner(DomainError):
    """A party keeps an owner: name another one first."""

    code = "last_owner"


class NameRefused(DomainError):
    """A name needs letters, and nobody has ours."""

    code = "name_refused"
