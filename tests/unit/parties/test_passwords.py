"""Password hashes, and the hash that stands in for a name nobody has."""

import pytest

from core.parties import passwords


def test_only_the_password_that_made_the_hash_fits():
    password_hash = passwords.hash_password("kirana-pasal")

    assert passwords.is_password("kirana-pasal", password_hash)
    assert not passwords.is_password("kirana-pasa", password_hash)
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_people_with_one_password_have_different_hashes():
    assert passwords.hash_password("kirana-pasal") != passwords.hash_password("kirana-pasal")


def test_an_unknown_name_costs_the_same_work_as_a_known_one():
    assert not passwords.is_outdated(passwords.NOBODYS_HASH)
    assert not passwords.is_password("", passwords.NOBODYS_HASH)


def test_a_hash_that_cannot_be_read_fits_nobody():
    assert not passwords.is_password("anything", "not a hash")


@pytest.mark.parametrize("word", ["nepal", "password", "kathmandu", "khaacho"])
@pytest.mark.parametrize("around", ["{}12345", "12345{}", "!!{}2026", "{}@2083!", "9{}_9_9_9", "{}#$%&*"])
def test_a_known_word_with_digits_or_signs_around_it_is_common(word, around):
    assert passwords.is_common(around.format(word))


@pytest.mark.parametrize(
    "password", ["kirana-pasal-tea", "4829-1038-5561", "blue bus 47 north", "चियापसल२०८३क"]
)
def test_a_password_of_ones_own_is_not_common(password):
    assert not passwords.is_common(password)


def test_ones_own_name_with_a_year_is_common():
    assert passwords.is_common("asha.kirana2083", names=["asha.kirana@example.com"])
