"""One evening with the panel: a problem comes and goes, a change is approved and arrives; in any size and language."""

import re
import sys

from playwright.sync_api import APIRequestContext, Locator, expect
import pytest
import yaml

from demo.results import result

from .conftest import Open
from .visit import NARROWEST, PHONE, REPOSITORY, Demo, Visit

INGRESS = "web/homepage"
EVIL = "Error: the service is gone.\nSolution: <img src=x onerror=document.title='owned'> create it."


def finding(home: Visit, name: str) -> Locator:
    """A finding in the panel, by the name of its workload."""
    return home.page.locator("homelab-findings article", has_text=name)


def change(home: Visit, state: str = "") -> Locator:
    """The change in the panel, once it is in that state."""
    return home.page.locator(f"homelab-changes article{f'[data-state={state}]' if state else ''}")


def test_the_overview_shows_all_three_services(home: Visit) -> None:
    home.go("ask")
    home.ask("Tell me something about this homelab")
    home.go("overview")
    overview = home.page.locator("homelab-overview")
    expect(overview.locator("[data-health=good]")).to_be_visible()
    expect(overview.get_by_role("meter", name="Temperature")).to_be_visible()
    expect(overview.get_by_text("Time to first token")).to_be_visible()
    expect(overview.get_by_text("Kubernetes v")).to_be_visible()


def test_a_finding_appears_and_clears_by_itself(home: Visit, control: APIRequestContext) -> None:
    home.go("findings")
    shown = finding(home, "service web/homepage does not exist")
    expect(shown).to_have_count(0)
    error = "Ingress uses the service web/homepage does not exist."
    item = result("Ingress", INGRESS, error, explanation=EVIL)
    control.put("kubernetes/objects", data=item)
    expect(shown).to_be_visible()
    shown.locator("summary").click()
    expect(shown.get_by_text("<img src=x")).to_be_visible()
    assert home.page.locator("homelab-findings img").count() == 0
    where = item["metadata"]
    control.delete(f"kubernetes/objects/results.core.k8sgpt.ai/{where['namespace']}/{where['name']}")
    expect(shown).to_have_count(0)
    assert home.page.title() != "owned"
    home.picture("findings")


def test_a_finding_is_silenced_and_heard_again(home: Visit) -> None:
    home.go("findings")
    mosquitto = finding(home, "mosquitto")
    mosquitto.get_by_role("button", name="Not a problem: StatefulSet home/mosquitto").press("Enter")
    expect(home.page.locator("homelab-findings [role=status]")).to_be_focused()
    expect(mosquitto).to_have_count(0)
    home.page.get_by_role("button", name="1 silenced").click()
    mosquitto.get_by_role("button", name="Listen again").click()
    expect(mosquitto).to_have_count(0)
    home.page.get_by_role("button", name="0 silenced").click()
    expect(mosquitto).to_be_visible()


def test_a_change_is_approved_in_two_steps_and_followed_until_it_is_healthy(
    home: Visit, child: Visit, control: APIRequestContext
) -> None:
    home.go("ask")
    home.ask("Scale sonarr to 2")
    way = home.page.get_by_role("button", name="Look at the change")
    expect(way).to_be_visible()
    home.picture("ask")
    way.click()
    child.go("changes")
    expect(change(child, "awaiting")).to_be_visible()
    expect(child.page.get_by_role("button", name="Approve")).to_have_count(0)

    waiting = change(home, "awaiting")
    waiting.get_by_role("button", name="Approve").click()
    proposal_hash = waiting.locator(".sure dd.mono").inner_text()
    refused = child.refusal(type="homelab_assistant/changes/approve", hash=proposal_hash)
    assert refused["code"] == "unauthorized"
    expect(waiting.locator("homelab-diff tr.added")).to_have_count(1)
    expect(waiting.get_by_role("button", name="Yes, open the pull request")).to_be_focused()
    home.picture("approve")
    assert home.serious_obstacles() == []
    home.page.keyboard.press("Enter")
    opened = change(home, "open")
    expect(opened).to_be_visible()
    link = opened.get_by_role("link", name="Pull request")
    assert link.get_attribute("rel") == "noopener noreferrer"

    control.post("github/pulls/1/merge", data={})
    expect(change(home, "merged")).to_be_visible()
    deploy(control, "sonarr")
    healthy = change(home, "healthy")
    expect(healthy).to_be_visible()
    expect(healthy.locator(".timeline li").last).to_contain_text("Healthy")
    home.picture("healthy")


def deploy(control: APIRequestContext, name: str) -> None:
    """Let Argo CD bring what was merged."""
    revision = control.get("github/state").json()["branches"]["main"]
    applications = control.get("kubernetes/objects/applications.argoproj.io").json()
    item = next(each for each in applications if each["metadata"]["name"] == name)
    item["status"]["sync"]["revision"] = revision
    item["status"]["operationState"]["syncResult"]["revision"] = revision
    item["metadata"].pop("resourceVersion", None)
    control.put("kubernetes/objects", data=item)


def test_what_was_merged_is_undone_only_by_another_yes(home: Visit) -> None:
    home.go("changes")
    done = change(home, "healthy")
    done.get_by_role("button", expanded=False).click()
    done.get_by_role("button", name="Undo").click()
    undoing = change(home, "awaiting")
    expect(undoing).to_contain_text("undoes an earlier change")
    undoing.get_by_role("button", name="Reject").click()
    undoing.get_by_role("button", name="Back").press("Enter")
    expect(undoing.locator(".head")).to_be_focused()
    undoing.get_by_role("button", name="Reject").click()
    undoing.get_by_role("button", name="Yes, drop it").click()
    expect(change(home, "rejected")).to_be_visible()


def test_the_overview_after_some_minutes(home: Visit) -> None:
    home.go("overview")
    expect(home.page.locator(".sparkline .line")).to_have_attribute("points", re.compile(r"\S+ \S+"))
    home.picture("overview")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_keeps_anybody_from_using_it(open_browser: Open, demo: Demo, home: Visit, scheme: str) -> None:
    visit = open_browser(color_scheme=scheme)
    visit.log_in("demo", demo.password)
    for view in ("overview", "findings", "changes", "ask"):
        visit.go(view)
        assert visit.serious_obstacles() == []
    visit.go("changes")
    change(visit).locator(".head").first.click()
    expect(visit.page.locator("homelab-diff tr.added").first).to_be_visible()
    assert visit.serious_obstacles() == []


def test_the_example_dashboard_shows_everything(open_browser: Open, demo: Demo, home: Visit) -> None:
    example = yaml.safe_load((REPOSITORY / "docs/dashboards/homelab.yaml").read_text())
    where = {"url_path": "homelab-cards", "title": "Homelab"}
    home.call(type="lovelace/dashboards/create", mode="storage", show_in_sidebar=False, **where)
    home.call(type="lovelace/config/save", config=example, url_path=where["url_path"])
    visit = open_browser()
    visit.log_in("demo", demo.password)
    visit.page.goto(f"{demo.url}/{where['url_path']}")
    expect(visit.page.locator("hui-gauge-card")).to_have_count(2)
    expect(visit.page.get_by_text(re.compile(r"findings? waits? in the"))).to_be_visible()
    expect(visit.page.locator("hui-error-card, hui-warning, hui-error-badge")).to_have_count(0)
    visit.picture("dashboard")


def test_a_german_at_night_on_a_phone(open_browser: Open, demo: Demo, home: Visit) -> None:
    visit = open_browser(viewport=PHONE, color_scheme="dark", locale="de-DE")
    visit.log_in("demo", demo.password)
    visit.speak("de")
    visit.go("overview")
    expect(visit.page.get_by_role("meter", name="Auslastung")).to_be_visible()
    visit.picture("phone-dark")
    visit.go("findings")
    expect(visit.page.get_by_role("button", name="Kein Problem").first).to_be_visible()
    visit.picture("findings-german")
    assert not visit.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    visit.go("ask")
    visit.ask("Wie geht es der GPU?")
    expect(visit.page.locator("[data-answered-by=sentence]")).to_contain_text("Ein fester Satz")


def test_a_long_field_breaks_at_its_dots_on_the_narrowest_phone(open_browser: Open, demo: Demo, home: Visit) -> None:
    visit = open_browser(viewport=NARROWEST)
    visit.log_in("demo", demo.password)
    visit.go("changes")
    expect(change(visit).first).to_be_visible()
    field = "app-template.controllers.dawarich.containers.server.image.tag"
    assert visit.with_long_field(field) == {"torn": [], "across": 0}


def test_five_hundred_findings_make_a_short_page(home: Visit, control: APIRequestContext) -> None:
    control.put(
        "kubernetes/objects",
        data=[result("Service", f"load/service-{number}", f"problem {number}") for number in range(500)],
    )
    home.go("findings")
    expect(home.page.get_by_role("status").filter(has_text="503 findings")).to_be_visible()
    assert home.page.locator("homelab-findings article").count() < 50


@pytest.mark.parametrize(("feed", "count"), [("findings", 500), ("changes", 200)])
def test_news_among_many_draw_only_the_rows_that_are_seen(
    home: Visit, feed: str, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    home.go(feed)
    expect(home.page.locator(f"homelab-{feed} article").first).to_be_visible()
    found = home.updated(feed, count)
    with capsys.disabled():
        took = f"{found['median']:.1f} ms per update, at worst {found['worst']:.1f}"
        sys.stdout.write(f"\n{count} {feed}: {found['rows']} rows, {took}\n")
    assert 0 < found["rows"] < 50


def test_a_hub_that_is_gone_is_named_with_what_it_last_said(home: Visit, control: APIRequestContext) -> None:
    control.put("ollama/faults", data=[{"kind": "refuse"}])
    home.go("ask")
    home.ask("Tell me a story")
    expect(home.page.locator("[data-answered-by=nobody]")).to_contain_text("The model did not answer")
    home.go("overview")
    expect(home.page.locator("[data-health=bad]")).to_contain_text("does not answer")
    expect(home.page.get_by_text("last heard")).to_be_visible()


def test_findings_of_a_cluster_that_is_gone_are_marked_as_old(home: Visit, control: APIRequestContext) -> None:
    control.put("kubernetes/faults", data=[{"kind": "refuse"}])
    home.go("findings")
    expect(home.page.locator("homelab-findings .unheard")).to_contain_text("homelab: last heard")


def test_without_a_cluster_the_findings_say_so_and_not_that_all_is_well(home: Visit) -> None:
    (cluster,) = [
        each for each in home.call(type="config_entries/get", domain="homelab_assistant") if each["title"] == "homelab"
    ]
    home.page.evaluate(
        "id => document.querySelector('home-assistant').hass.callApi('DELETE', `config/config_entries/entry/${id}`)",
        cluster["entry_id"],
    )
    expect(home.page.get_by_role("heading", name="No cluster yet")).to_be_visible()
    expect(home.page.get_by_role("link", name="Add a cluster")).to_be_visible()
