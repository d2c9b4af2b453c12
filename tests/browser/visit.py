"""A person with a browser at the demo's Home Assistant."""

from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGES = REPOSITORY / "docs" / "images"
AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WORDS = json.loads((REPOSITORY / "custom_components/homelab_assistant/translations/en.json").read_text())
MOST_BYTES = 200_000
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 360, "height": 740}
ADD = "/config/integrations/dashboard/add?domain=homelab_assistant"
UPDATES = """async (view, [feed, count]) => {
  const {homelab} = view, list = view.renderRoot.querySelector("homelab-virtual-list"), took = [];
  const [[, one]] = homelab[feed];
  const items = new Map(Array.from({length: count}, (_, number) => [`load-${number}`, {...one, id: `load-${number}`}]));
  for (let number = -1; number < 41; number++) {
    const begun = performance.now();
    const id = `load-${Math.abs(number)}`, news = `news ${number}`;
    items.set(id, {...one, id, name: news, words: news});
    view.homelab = {...homelab, [feed]: new Map(items)};
    await view.updateComplete;
    await list.updateComplete;
    view.getBoundingClientRect();  // so that the layout is done, too
    if (number >= 0) took.push(performance.now() - begun);  // the first fills the list
  }
  const rows = list.querySelectorAll("[role=listitem]").length;
  view.homelab = homelab;
  await view.updateComplete;
  return {rows, median: took.sort((a, b) => a - b)[20], worst: took[40]};
}"""
"""What a view takes for each of 41 pieces of news among so many items of a feed, in milliseconds."""

LONG_FIELD = """async (view, field) => {
  const {homelab} = view, [[id, one]] = homelab.changes;
  const long = {...one, operation: "set_value", failure: `The field ${field}`, target: {...one.target, field}};
  view.homelab = {...homelab, changes: new Map([[id, long]])};
  view.refusal = {id, message: `Nobody may change ${field}.`};
  await view.updateComplete;
  await view.renderRoot.querySelector("homelab-virtual-list").updateComplete;
  const texts = [...view.renderRoot.querySelector(".what").childNodes].filter(each => each.data?.trim());
  const lines = texts.map(each => {
    const range = document.createRange();
    range.selectNodeContents(each);
    return [each.data, new Set(Array.from(range.getClientRects(), each => each.top)).size];
  });
  const {scrollWidth, clientWidth} = homelab.scroller;
  return {torn: lines.filter(([, count]) => count > 1).map(([text]) => text), across: scrollWidth - clientWidth};
}"""
"""What is torn between two lines when the first change is of a long field, and how far (px) one scrolls sideways."""

CALL = "message => document.querySelector('home-assistant').hass.callWS(message)"


@dataclass(frozen=True)
class Demo:
    """What the demo told: addresses, accounts and what to type."""

    url: str
    password: str
    control: str
    typed: dict[str, str]


class Visit:
    """One person in one browser."""

    def __init__(self, demo: Demo, page: Page) -> None:
        self._demo = demo
        self.page = page
        self.panel = page.locator("homelab-assistant-panel")

    def log_in(self, user: str, password: str) -> None:
        self.page.goto(self._demo.url)
        self.page.locator("input[name=username]").fill(user)
        self.page.locator("input[name=password]").fill(password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("home-assistant-main")).to_be_attached()

    def speak(self, language: str) -> None:
        """Choose the language of this browser."""
        self.page.evaluate("language => localStorage.setItem('selectedLanguage', JSON.stringify(language))", language)
        self.page.reload()
        expect(self.page.locator(f"html[lang={language}]")).to_be_attached()

    def begin_adding(self) -> None:
        """Begin to add the integration."""
        self.page.goto(f"{self._demo.url}{ADD}")
        self.page.get_by_role("button", name="OK").click()

    def choose(self, step: str, option: str) -> None:
        """Choose from the menu of a step."""
        words = WORDS["config"]["step"][step]["menu_options"][option]
        self.page.locator("step-flow-menu").get_by_text(words, exact=True).click()

    def submit(self, **fields: str) -> None:
        """Fill the form that has these fields, and submit it."""
        form = self.page.locator("step-flow-form")
        for name, value in fields.items():
            form.locator(f"input[name={name}]").fill(value)
        self.page.get_by_role("button", name="Submit").click()

    def photograph_step(self, title: str, name: str) -> None:
        """A screenshot of the step of the dialog that has this title."""
        expect(self.page.get_by_text(title, exact=True).last).to_be_visible()
        self.picture(name)

    def go(self, view: str) -> None:
        """Open a view by its tab, or the panel where it is not open yet."""
        if self.panel.count() == 0:
            self.page.goto(f"{self._demo.url}/homelab/{view}")
        else:
            self.panel.locator(f"a[data-view={view}]").click()
        expect(self.page.locator(f"homelab-{view}")).to_be_visible()

    def ask(self, words: str) -> None:
        """Say something in the panel and hear the whole answer."""
        answers = self.page.locator("homelab-ask [data-answered-by]")
        before = answers.count()
        self.page.locator("homelab-ask textarea").fill(words)
        self.page.keyboard.press("Enter")
        expect(answers).to_have_count(before + 1)

    def updated(self, feed: str, count: int) -> Any:
        """How many rows the view of a feed draws of so many items, and how long (ms) one piece of news takes."""
        return self.page.locator(f"homelab-{feed}").evaluate(UPDATES, [feed, count])

    def with_long_field(self, field: str) -> Any:
        """What is torn between two lines, and how far the page scrolls sideways, when a change is of such a field."""
        return self.page.locator("homelab-changes").evaluate(LONG_FIELD, field)

    def call(self, **message: Any) -> Any:
        """A WebSocket command, as this person."""
        return self.page.evaluate(CALL, message)

    def refusal(self, **message: Any) -> Any:
        """The error of a WebSocket command that this person may not use."""
        return self.page.evaluate(f"message => ({CALL})(message).then(() => null, error => error)", message)

    def serious_obstacles(self) -> list[str]:
        """What axe finds in the panel that keeps somebody from using it."""
        self.page.add_script_tag(path=AXE)
        results = self.panel.evaluate("panel => axe.run(panel, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in results["violations"]
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]

    def picture(self, name: str) -> None:
        """A screenshot for the documentation."""
        IMAGES.mkdir(parents=True, exist_ok=True)
        path = IMAGES / f"{name}.png"
        self.page.screenshot(path=path, animations="disabled", caret="hide")
        assert path.stat().st_size <= MOST_BYTES
