"""The currency beside an amount, in the browser: it changes with the choice that decides it."""

from playwright.sync_api import expect


def test_the_currency_beside_an_amount_follows_the_client(adas_page, ada):
    from apps.clients.models import Client

    Client.objects.create(workspace=ada.workspace, name="Kaveri Textiles", currency="INR")
    adas_page.goto("/projects/new/")
    signs = adas_page.locator("main [data-currency]:not(option)")
    client = adas_page.get_by_label("Client", exact=True)
    expect(signs).to_have_text(["EUR"] * 3)
    client.select_option(label="Kaveri Textiles")
    expect(signs).to_have_text(["INR"] * 3)
    client.select_option(index=0)
    expect(signs).to_have_text(["EUR"] * 3)


def test_the_currency_beside_a_rate_is_the_one_that_is_chosen_above_it(adas_page):
    adas_page.goto("/clients/new/")
    adas_page.get_by_label("Currency").select_option("NOK")
    expect(adas_page.locator("main [data-currency]")).to_have_text("NOK")
