"""Who gets in, what a form must carry, and what browsers are told."""

import re

import pytest
from sqlalchemy import select

from admin_api.panel.words import WORDS, words_of
from core.actor import SYSTEM
from core.parties import service as parties
from core.parties.models import Language, Role, User
from tests.market import MONDAY


def test_an_admin_signs_in_sees_today_and_signs_out(stranger, make_user):
    entered = stranger.sign_in(make_user("maya@example.test"))

    assert (entered.status_code, entered.location) == (303, "/admin/")
    assert "Waits for a decision" in stranger.text("/admin/")

    left = stranger.send("/admin/sign-out")

    assert left.location == "/admin/sign-in"
    assert stranger.get("/admin/").location == "/admin/sign-in"


def test_a_cookie_that_was_copied_before_signing_out_opens_nothing(app, admin):
    copied = admin.http.get_cookie("khaacho_panel", path="/admin")
    admin.send("/admin/sign-out")
    thief = app.test_client()
    thief.set_cookie("khaacho_panel", copied.value, path="/admin")

    assert thief.get("/admin/").location == "/admin/sign-in"


def test_the_way_back_leads_to_the_page_that_was_asked_for_and_nowhere_else(stranger, make_user):
    asked = stranger.get("/admin/?x=1")
    assert asked.location == "/admin/sign-in?to=/admin/%3Fx%3D1"

    for elsewhere in ("https://evil.example/admin/", "//evil.example", "/admin/\\evil", "/api/v1/docs"):
        page = stranger.get("/admin/sign-in", query_string={"to": elsewhere}).text
        assert 'name="to" value="/admin/"' in page


def test_a_wrong_password_is_refused_and_counted(stranger, make_user):
    name = make_user("maya@example.test")

    for _ in range(5):
        refused = stranger.sign_in(name, "wrong password 1")
        assert refused.status_code == 401
        assert "is wrong" in refused.text
    slowed = stranger.sign_in(name)

    assert "Too many wrong passwords" in slowed.text
    assert stranger.get("/admin/").status_code == 303


@pytest.mark.parametrize("role", [Role.RETAILER, Role.VENDOR])
def test_the_login_of_a_shop_or_a_wholesaler_does_not_enter(stranger, make_user, market, role):
    party = (
        {"retailer_id": market.shop("Asha").id}
        if role is Role.RETAILER
        else {"vendor_id": market.wholesaler("Himal").id}
    )
    refused = stranger.sign_in(make_user("other@example.test", role, **party))

    assert refused.status_code == 403
    assert "belongs to a shop or a wholesaler" in refused.text
    assert stranger.get("/admin/").location == "/admin/sign-in"


def test_a_form_without_its_token_changes_nothing(admin, stranger):
    for fields in ({}, {"csrf": ""}, {"csrf": "x" * 32}):
        refused = admin.http.post("/admin/sign-out", data=fields)
        assert refused.status_code == 403
        assert "nothing was changed" in refused.text

    assert admin.get("/admin/").status_code == 200


def test_a_form_from_another_site_is_refused_even_with_the_token(admin):
    refused = admin.http.post(
        "/admin/sign-out", data={"csrf": admin.token}, headers={"Origin": "https://evil.example"}
    )

    assert refused.status_code == 403
    assert admin.get("/admin/").status_code == 200


def test_an_admin_who_is_deactivated_is_out_at_once(admin, database):
    with database.transaction() as session:
        user_id = session.scalar(select(User.id).where(User.email == "maya@example.test"))
        parties.deactivate_user(session, user_id, actor=SYSTEM, now=MONDAY)

    assert admin.get("/admin/").location == "/admin/sign-in"


def test_scripts_and_styles_come_from_here_only_and_pages_are_not_kept(admin):
    page = admin.get("/admin/")

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r"\son\w+=|\sstyle=|<script>|<style>", page.text)


def test_the_cookie_is_for_the_panel_alone_and_for_no_script(admin):
    cookie = admin.http.get_cookie("khaacho_panel", path="/admin")

    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.path == "/admin"


def test_static_files_and_the_font_are_served_from_here(stranger):
    with stranger.get("/admin/static/panel.css") as sheet:
        assert "--paper" in sheet.text
    with stranger.get("/admin/static/htmx-2.0.11.min.js") as script:
        assert script.status_code == 200
    with stranger.get("/admin/static/htmx.LICENSE") as licence:
        assert "Permission to use" in licence.text
    with stranger.get("/admin/devanagari.ttf") as font:
        assert font.mimetype == "font/ttf"


def test_a_page_that_does_not_exist_says_what_to_do(admin):
    lost = admin.get("/admin/nothing/here")

    assert lost.status_code == 404
    assert "Go to Today" in lost.text


def test_every_sentence_is_in_both_languages():
    def keys(language):
        return {(group, name) for group, words in words_of(language).items() for name in words}

    def places(language):
        return {
            (group, name): sorted(re.findall(r"{(\w+)}", sentence))
            for group, words in words_of(language).items()
            for name, sentence in words.items()
        }

    assert {path.stem for path in WORDS.glob("*.toml")} == set(Language)
    assert keys(Language.ENGLISH) == keys(Language.NEPALI)
    assert places(Language.ENGLISH) == places(Language.NEPALI)


def test_the_panel_speaks_nepali_when_asked(admin):
    admin.send("/admin/language", language="ne")

    page = admin.text("/admin/")
    assert '<html lang="ne">' in page
    assert "निर्णय कुरिरहेका" in page
