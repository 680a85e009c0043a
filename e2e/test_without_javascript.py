"""The main things work in a browser that runs no scripts."""

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def plain_page(new_device, ada) -> Page:
    """A browser without JavaScript in which Ada is signed in."""
    return new_device(ada.user, java_script_enabled=False).new_page()


def test_the_timer_starts_and_stops(plain_page, ada):
    plain_page.goto("/workbench/")
    timer = plain_page.locator("#timer")
    timer.get_by_label("What are you working on?").fill("By hand")
    timer.get_by_role("button", name="Start").click()
    expect(timer.get_by_role("button", name="Stop")).to_be_visible()
    assert ada.workspace.time_entries.get().note == "By hand"
    timer.get_by_role("button", name="Stop").click()
    expect(timer.get_by_role("button", name="Start")).to_be_visible()
    assert not ada.workspace.time_entries.filter(ended_at__isnull=True).exists()


def test_a_client_is_made_and_a_mistake_explained(plain_page, ada, faults):
    faults.expect("422")
    plain_page.goto("/clients/")
    plain_page.get_by_role("link", name="New client").first.click()
    form = plain_page.locator("main form")
    form.get_by_label("E-mail").fill("not an address")
    form.locator("button[type=submit]").last.click()
    expect(form.locator(".invalid-feedback").first).to_be_visible()
    form.get_by_label("Name", exact=False).first.fill("Lantern Press")
    form.get_by_label("E-mail").fill("office@lantern.example")
    form.locator("button[type=submit]").last.click()
    expect(plain_page.get_by_role("heading", name="Lantern Press")).to_be_visible()
    assert ada.workspace.clients.filter(name="Lantern Press").exists()
