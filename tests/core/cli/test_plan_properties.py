"""Whatever is asked for, `plan --json` prints one object with all its keys, and exits as that object says."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant_core.cli import app
from assistant_core.models.plan import PLANS
from demo.repository import FILES as DEMO

EXITS = {"proposed": 0, "unchanged": 0, "clarify": 3, "refused": 4}
KEYS = {"outcome", "plan", "files", "summary", "risk", "violations", "question", "candidates", "hash"}
FIELDS = sorted({field for plan in PLANS.values() for field in plan.__dataclass_fields__} - {"operation"})

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 200),
    st.text(max_size=20),
    st.sampled_from(
        ("jellyfin", "grafana", "media", "2Gi", "500m", "1.2.3", "web", "../x", "a.b", "spec.replicas", "x: {")
    ),
)
values = st.one_of(scalars, st.lists(scalars, max_size=2), st.dictionaries(st.text(max_size=5), scalars, max_size=2))
plans = st.builds(
    lambda operation, name, slots: slots | {"operation": operation, "name": name},
    st.sampled_from([*PLANS, "delete_everything"]),
    st.one_of(st.sampled_from(("jellyfin", "sonarr", "grafana", "homepage", "ai_hub", "new-one")), values),
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=4),
)


def planned(written: str) -> None:
    ended = CliRunner().invoke(app, ["plan", "--repo", str(DEMO), "--json", "--plan", "-"], input=written)
    found: dict[str, Any] = json.loads(ended.stdout)
    assert found.keys() == KEYS
    assert ended.exit_code == EXITS[found["outcome"]]
    assert bool(found["files"]) == bool(found["hash"]) == (found["outcome"] == "proposed")
    assert bool(found["question"]) == (found["outcome"] == "clarify")
    assert any(each["severity"] == "error" for each in found["violations"]) == (found["outcome"] == "refused")
    assert all(not each["path"].startswith("/") and ".." not in each["path"] for each in found["files"])


@settings(max_examples=60)
@given(plans)
def test_any_plan_comes_to_an_outcome(plan: dict[str, Any]) -> None:
    planned(json.dumps(plan))


@settings(max_examples=20)
@given(st.one_of(st.text(max_size=40), values.map(json.dumps)))
def test_any_text_in_place_of_a_plan_does_too(written: str) -> None:
    planned(written)
