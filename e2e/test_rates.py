"""What an hour costs and how time is rounded: asked, shown while it is typed, and told."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

QUESTION = "#rate-question"


@pytest.fixture(autouse=True)
def unbilled(ada):
    """Two entries of Ada's that are worth 9.33 and 26.67: 7 and 20 minutes on one day and task."""
    from apps.workbench.models import TimeEntry

    start = datetime.now(UTC) - timedelta(days=2)
    for hours, minutes in ((0, 7), (2, 20)):
        began = start.replace(hour=8 + hours, minute=0, second=0, microsecond=0)
        TimeEntry.log(
            user=ada.user, workspace=ada.workspace, task=ada.task, started_at=began,
            ended_at=began + timedelta(minutes=minutes),
        )  # fmt: skip


def amounts(ada) -> list[int]:
    return sorted(ada.workspace.time_slices.values_list("amount_minor", flat=True))


def open_form(page: Page, ada):
    """The client's form in the dialog."""
    page.goto(f"/clients/{ada.client.pk}/")
    page.get_by_role("link", name="Edit E").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Edit client")).to_be_visible()
    return dialog


def test_a_typed_rate_shows_what_would_follow_and_unbilled_time_follows_by_keyboard(adas_page, ada):
    dialog = open_form(adas_page, ada)
    expect(dialog.locator(QUESTION)).to_be_empty()
    rate = dialog.get_by_label("Hourly rate")
    rate.fill("90")
    expect(dialog.locator(QUESTION)).to_contain_text("2 entries, 0:27 h: €36.00 → €40.50")
    rate.fill("100")
    expect(dialog.locator(QUESTION)).to_contain_text("€36.00 → €45.00")
    expect(dialog.get_by_label("From now on")).to_be_checked()
    dialog.get_by_label("From now on").focus()
    adas_page.keyboard.press("ArrowDown")
    expect(dialog.get_by_label("Also for unbilled time")).to_be_checked()
    rate.fill("120")
    expect(dialog.locator(QUESTION)).to_contain_text("€36.00 → €54.00")
    expect(dialog.get_by_label("Also for unbilled time")).to_be_checked()
    rate.press("Enter")
    expect(dialog).to_be_hidden()
    told = "2 unbilled entries (0:27 h) follow: €\u00a036.00 became €\u00a054.00."
    expect(adas_page.get_by_text(told)).to_be_visible()
    expect(adas_page.locator("#overview .figures")).to_contain_text("54.00")
    assert amounts(ada) == [1400, 4000]


def test_a_rate_that_is_saved_at_once_is_asked_about_then(adas_page, ada, faults):
    faults.expect("422")
    dialog = open_form(adas_page, ada)
    dialog.get_by_label("Hourly rate").fill("90")
    dialog.get_by_label("Hourly rate").press("Enter")
    expect(dialog.locator(QUESTION)).to_contain_text("Choose whether it takes the new rate.")
    dialog.get_by_role("button", name="Save client").click()
    expect(dialog).to_be_hidden()
    expect(adas_page.get_by_text("2 unbilled entries keep their old rate.")).to_be_visible()
    assert amounts(ada) == [933, 2667]


def test_without_scripts_the_question_is_a_second_step(new_device, ada, faults):
    faults.expect("422")
    page = new_device(ada.user, java_script_enabled=False).new_page()
    page.goto("/settings/")
    page.get_by_label("Hourly rate").fill("60")
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator(QUESTION)).to_contain_text("2 entries, 0:27 h: €36.00 → €27.00")
    page.get_by_label("Also for unbilled time").check()
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("€\u00a036.00 became €\u00a027.00.")).to_be_visible()
    assert amounts(ada) == [700, 2000]


def test_a_rounding_is_chosen_by_its_example_and_stands_in_the_preview_of_an_invoice(adas_page, ada):
    dialog = open_form(adas_page, ada)
    expect(dialog.get_by_label("Minutes")).to_be_hidden()
    dialog.get_by_label("Round", exact=True).select_option(label="Always up")
    expect(dialog).to_contain_text("7 min become 15 min, and 20 min become 30 min.")
    dialog.get_by_label("What is rounded").select_option(label="Each day and task")
    expect(dialog).to_contain_text("27 min together, and become 30 min.")
    dialog.get_by_label("Minutes").fill("20")
    expect(dialog).to_contain_text("27 min together, and become 40 min.")
    dialog.get_by_role("button", name="Save client").click()
    expect(dialog).to_be_hidden()
    expect(adas_page.locator("#overview")).to_contain_text("rounded up to the next 20 minutes")
    adas_page.get_by_role("link", name="Bill unbilled time").click()
    preview = adas_page.locator("#preview")
    expect(preview).to_contain_text("0:27 recorded, 0:40 billed")
    adas_page.get_by_text("Per entry", exact=True).click()
    expect(preview).to_contain_text("0:07 recorded, 0:10 billed")
    expect(preview.locator("[data-rounded]")).to_contain_text("0:27 recorded, 0:40 billed")
    adas_page.get_by_role("button", name="Make the draft").click()
    expect(adas_page.get_by_role("heading", name="Invoice for Harbour Books")).to_be_visible()
    quantities = ada.workspace.invoice_lines.values_list("quantity", flat=True)
    assert [str(each) for each in quantities] == ["0.1728", "0.4939"]
