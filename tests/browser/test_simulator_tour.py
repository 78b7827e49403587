"""The simulator's button plays the whole story on two phones."""

import re


def test_the_story_plays_to_its_end_and_the_books_agree(office, window):
    page = window.page
    page.goto("/simulator/")
    page.get_by_role("button", name="Play the story").click()

    ended = page.locator("[data-step=books], [data-step=failed]").locator("visible=true")
    for _ in range(150):
        office.stage.catch_up()
        office.stage.follow()
        if ended.count():
            break
        page.wait_for_timeout(200)

    why = page.locator("#tour").get_attribute("data-why")
    talks = page.locator(".talk").all_inner_texts()
    assert why is None, f"{why}\n{talks}"
    assert "to the paisa" in page.locator("#tour").inner_text()
    page.get_by_text("The account agrees with the ledger").wait_for()
    assert re.search(r"Held for open orders", page.locator(".books").first.inner_text())
