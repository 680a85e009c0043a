"""Tokens: made in the browser, used by a program, revoked in the browser."""

from zipfile import ZipFile

from playwright.sync_api import Page, expect


def exchange(page: Page, refresh: str):
    """The program's side: a new pair for the refresh token."""
    return page.request.post("/api/v1/token/refresh/", data={"refresh": refresh})


def test_a_token_that_was_made_works_until_it_is_revoked(adas_page, ada):
    adas_page.goto("/profile/")
    adas_page.get_by_role("link", name="Tokens").click()
    adas_page.get_by_label("What is it for?").fill("Backup script")
    adas_page.get_by_role("button", name="Make a token").click()
    secret = adas_page.get_by_label("Refresh token").input_value()
    expect(adas_page.get_by_text("not used yet")).to_be_visible()

    pair = exchange(adas_page, secret).json()
    bearer = {"Authorization": f"Bearer {pair['access']}"}
    told = adas_page.request.get("/api/v1/sync/session", headers=bearer).json()
    assert told["workspace"]["id"] == ada.workspace.pk

    adas_page.reload()
    expect(adas_page.get_by_label("Refresh token")).to_have_count(0)
    expect(adas_page.get_by_text("last used")).to_be_visible()
    adas_page.get_by_role("button", name="Revoke Backup script").click()
    expect(adas_page.get_by_text("None yet.")).to_be_visible()
    assert adas_page.request.get("/api/v1/sync/session", headers=bearer).status == 401
    assert exchange(adas_page, pair["refresh"]).status == 401


def test_the_api_is_described_on_a_page_without_a_fault(adas_page):
    adas_page.goto("/api/v1/docs")
    adas_page.get_by_role("navigation").get_by_role("link", name="Entry").click()
    expect(adas_page.get_by_role("heading", name="Entry", exact=True)).to_be_in_viewport()


def part_of(page: Page, path: str):
    """What the page says of an address, opened to be tried."""
    part = page.locator(".section").filter(has=page.get_by_role("heading", name=path, exact=False)).first
    part.get_by_text("Try it").click()
    return part


def test_the_api_is_tried_on_its_page(adas_page, ada, faults):
    adas_page.goto("/api/v1/docs")
    batch = part_of(adas_page, "/api/v1/sync/batch")
    batch.get_by_role("button", name="Send").click()
    expect(batch.get_by_role("status")).to_contain_text("200")
    expect(batch.locator("pre").last).to_contain_text('"results": []')
    exports = part_of(adas_page, "/api/v1/exports")
    exports.get_by_label("dataset").select_option("clients")
    with adas_page.expect_download() as saved:
        exports.get_by_role("button", name="Send").click()
    assert "Harbour Books" in saved.value.path().read_text()
    faults.expect("401")
    adas_page.get_by_label("Access token").fill("nonsense")
    session = part_of(adas_page, "/api/v1/sync/session")
    session.get_by_role("button", name="Send").click()
    expect(session.get_by_role("status")).to_contain_text("401")


def test_everything_is_taken_along_from_the_settings(adas_page, ada):
    adas_page.goto("/settings/")
    with adas_page.expect_download() as saved:
        adas_page.get_by_role("link", name="As JSON").click()
    with ZipFile(saved.value.path()) as archive:
        assert b"Autumn catalogue" in archive.read("projects.json")
