"""Hasty and clumsy people, two windows, and a connection that breaks: a yes is never an accident."""

from collections.abc import Iterator
from itertools import count

from playwright.sync_api import APIRequestContext, Locator, expect
import pytest

from .conftest import Open
from .visit import Demo, Visit

REPLICAS = count(4)  # another change for each test
YES = "Yes, open the pull request"
COUNT = "view => { view.homelab.api.approve = () => new Promise(() => window.yeses++); window.yeses = 0; }"
HASHES = """
view => [...view.homelab.changes.values()].filter(each => each.state === "awaiting").map(each => each.hash)
"""
FORGET = "async view => { view.homelab = {...view.homelab, changes: new Map()}; await view.updateComplete; }"
LENGTHEN = """
async view => {
  const long = "x".repeat(250), [first] = view.homelab.changes.values();
  const named = {name: long, namespace: long, field: long, before: long, after: long};
  const said = {words: long, repository: long, model: long, failure: long, requested_by: long};
  const lists = {reasons: [long], checks: [long], notes: [long]};
  const change = {...first, id: long, target: {...first.target, ...named}, ...said, ...lists};
  view.homelab = {...view.homelab, changes: new Map([[long, change]])};
  view.selected = long;
  await view.updateComplete;
  await view.renderRoot.querySelector("homelab-virtual-list").updateComplete;
  const drawn = [...view.renderRoot.querySelectorAll("article *")].map(each => each.getBoundingClientRect().right);
  return Math.max(...drawn) <= innerWidth;
}
"""
BREAK = "document.querySelector('home-assistant').hass.connection.socket.close()"


@pytest.fixture
def waiting(home: Visit) -> Iterator[Locator]:
    """A change that waits for a yes, open in the panel."""
    home.page.reload()
    home.go("ask")
    home.ask(f"Scale jellyfin to {next(REPLICAS)}")
    home.go("changes")
    shown = home.page.locator("homelab-changes article[data-state=awaiting]")
    expect(shown).to_have_count(1)
    yield shown
    home.page.reload()
    home.go("changes")
    for each in home.page.locator("homelab-changes").evaluate(HASHES):
        home.call(type="homelab_assistant/changes/reject", hash=each)


def test_a_key_that_is_held_down_does_not_say_yes(home: Visit, waiting: Locator) -> None:
    home.page.locator("homelab-changes").evaluate(COUNT)
    waiting.get_by_role("button", name="Approve").focus()
    home.page.keyboard.down("Enter")
    expect(waiting.get_by_role("button", name=YES)).to_be_focused()
    home.page.keyboard.down("Enter")  # which repeats it
    home.page.keyboard.up("Enter")
    assert home.page.evaluate("yeses") == 0
    home.page.keyboard.press("Enter")
    assert home.page.evaluate("yeses") == 1


def test_the_second_half_of_a_double_click_does_not_say_yes(home: Visit, waiting: Locator) -> None:
    home.page.locator("homelab-changes").evaluate(COUNT)
    waiting.get_by_role("button", name="Approve").dblclick()
    waiting.get_by_role("button", name=YES).dispatch_event("click", {"detail": 2})
    assert home.page.evaluate("yeses") == 0
    waiting.get_by_role("button", name=YES).dblclick()
    assert home.page.evaluate("yeses") == 1


def test_a_change_that_is_forgotten_while_it_is_confirmed_leaves_an_empty_list(home: Visit, waiting: Locator) -> None:
    waiting.get_by_role("button", name="Approve").click()
    home.page.locator("homelab-changes").evaluate(FORGET)
    expect(home.page.get_by_role("heading", name="No changes yet")).to_be_visible()


@pytest.mark.usefixtures("waiting")
def test_the_longest_names_stay_on_the_smallest_phone(demo: Demo, open_browser: Open) -> None:
    visit = open_browser(viewport={"width": 360, "height": 740})
    visit.log_in("demo", demo.password)
    visit.go("changes")
    expect(visit.page.locator("homelab-changes article")).not_to_have_count(0)
    assert visit.page.locator("homelab-changes").evaluate(LENGTHEN)


def test_of_two_windows_one_yes_counts_and_the_other_hears_of_it(
    demo: Demo, open_browser: Open, home: Visit, waiting: Locator
) -> None:
    other = open_browser()
    other.log_in("demo", demo.password)
    other.go("changes")
    late = other.page.locator("homelab-changes article[data-state=awaiting]")
    late.get_by_role("button", name="Approve").click()
    proposal_hash = late.locator(".sure dd.mono").inner_text()
    waiting.get_by_role("button", name="Approve").click()
    waiting.get_by_role("button", name=YES).click()
    expect(late).to_have_count(0)
    expect(other.page.get_by_role("button", name=YES)).to_have_count(0)
    refused = other.refusal(type="homelab_assistant/changes/approve", hash=proposal_hash)
    assert "was already approved by" in refused["message"]


def test_a_connection_that_breaks_during_a_yes_is_told_and_what_happened_shows_by_itself(
    home: Visit, waiting: Locator, control: APIRequestContext
) -> None:
    control.put("github/faults", data=[{"kind": "hang"}])
    waiting.get_by_role("button", name="Approve").click()
    waiting.get_by_role("button", name=YES).click()
    change = home.page.locator("homelab-changes article[data-state=approved]")
    expect(change).to_have_count(1)
    home.page.evaluate(BREAK)
    expect(change.get_by_role("alert")).to_have_text(
        "The connection to Home Assistant broke off before an answer came."
    )
    control.put("github/faults", data=[])
    expect(change).to_have_count(0)
