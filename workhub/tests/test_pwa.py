"""WorkHub as an installed application: its manifest, its service worker, and the shell that is nobody's."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse


@pytest.fixture
def anybody(db) -> Client:
    """A browser in which nobody is signed in."""
    return Client()


def test_the_manifest_names_icons_that_exist_and_a_start_inside_its_scope(anybody):
    answer = anybody.get(reverse("manifest"))
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["start_url"].startswith(manifest["scope"])
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon["src"]


def test_every_page_leads_to_the_manifest(anybody, as_alice):
    for page in (anybody.get("/"), as_alice.get(reverse("workbench:day"))):
        assert f'<link rel="manifest" href="{reverse("manifest")}">' in page.content.decode()


def without_nonce(answer) -> str:
    return re.sub(r' nonce="[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_shell_is_the_same_for_everybody(anybody, as_alice, alice, theme):
    alice.owner.theme = theme
    alice.owner.save()
    as_alice.cookies["theme"] = theme
    theirs = as_alice.get(reverse("offline"))
    assert without_nonce(theirs) == without_nonce(anybody.get(reverse("offline")))
    assert alice.owner.email not in theirs.content.decode()
    assert "csrfmiddlewaretoken" not in theirs.content.decode()
    assert not theirs.cookies


def facts_of(answer) -> dict:
    return json.loads(re.search(r"const FACTS = (\{.*?\});", answer.content.decode())[1])


def test_the_service_worker_is_asked_for_anew_and_has_one_version_for_everybody(anybody, as_alice):
    answer = anybody.get(reverse("service_worker"))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer.headers["Cache-Control"]
    assert facts_of(answer) == facts_of(as_alice.get(reverse("service_worker")))
    assert facts_of(answer)["shell"] == reverse("offline")


def test_a_new_shell_gives_the_service_worker_a_new_version(anybody, settings):
    before = facts_of(anybody.get(reverse("service_worker")))
    settings.STATIC_URL = "/renewed/"
    assert facts_of(anybody.get(reverse("service_worker")))["version"] != before["version"]
