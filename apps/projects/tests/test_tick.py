"""The box beside a task is a button that says what it does; a check box would keep one name in both states."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("page", ["list", "detail"])
@pytest.mark.parametrize("is_done", [False, True])
def test_the_box_beside_a_task_names_what_it_does(as_alice, alice, page, is_done):
    if is_done:
        alice.task.complete()
    address = reverse("tasks:list") + "?status=all" if page == "list" else alice.task.get_absolute_url()
    content = as_alice.get(address).content.decode()
    verb = "Reopen" if is_done else "Complete"
    assert f'aria-label="{verb} alice task"' in content
    assert ("tick is-done" in content) == is_done
    assert 'role="checkbox"' not in content
