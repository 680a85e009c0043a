"""Who has no client yet is not left with an empty choice."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("name", ["invoicing:new", "invoicing:from_time"])
def test_without_a_client_the_first_step_is_to_add_one(as_alice, alice, name):
    assert "Add a client" not in as_alice.get(reverse(name)).content.decode()
    alice.task.delete()
    alice.project.delete()
    alice.client.delete()
    page = as_alice.get(reverse(name)).content.decode()
    assert "Add a client" in page
    assert 'name="client"' not in page
