from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft202012Validator
from mashumaro.codecs.orjson import ORJSONDecoder, ORJSONEncoder
import orjson
import pytest

from assistant_core.gitops import Index, apply, plan_schema
from assistant_core.models.plan import (
    PLANS,
    AddApp,
    ChangePlan,
    RemoveApp,
    Restart,
    Resume,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetStorageClass,
    SetValue,
    SetVm,
    Suspend,
    settled,
)
from demo.repository import FILES as DEMO

EVERY: tuple[ChangePlan, ...] = (
    SetReplicas(name="jellyfin", replicas=2, namespace="media", kind="Deployment"),
    Restart(name="jellyfin", at="2026-01-01T00:00:00Z"),
    SetImage(name="jellyfin", tag="10.11.0", container="jellyfin"),
    SetResources(name="jellyfin", memory_limit="6Gi"),
    SetEnv(name="jellyfin", variable="TZ", value="UTC"),
    SetEnv(name="jellyfin", variable="TZ", value=None),
    SetChartVersion(name="grafana", version="9.0.0"),
    SetStorage(name="jellyfin", size="30Gi"),
    SetStorageClass(name="jellyfin", storage_class="local-path", volume="config-jellyfin"),
    *(SetValue(name="grafana", path="a.b", value=value) for value in ("1", 1, 1.5, True, None)),
    Suspend(name="jellyfin"),
    Resume(name="jellyfin"),
    AddApp(name="new", template="web", image="x/y:1", port=80, command=("a", "b"), env={"A": "1"}),
    RemoveApp(name="sonarr"),
    SetVm(name="ai-hub", cores=8),
)


def _demo(index: Callable[[Any], Index]) -> Index:
    return index({path.relative_to(DEMO).as_posix(): path.read_text() for path in DEMO.rglob("*") if path.is_file()})


@pytest.mark.parametrize("plan", EVERY)
def test_every_plan_is_saved_and_known_again(plan: ChangePlan) -> None:
    again = ORJSONDecoder(ChangePlan).decode(ORJSONEncoder(ChangePlan).encode(plan))

    assert again == plan
    assert type(again) is type(plan) is PLANS[plan.operation]
    assert type(getattr(again, "value", None)) is type(getattr(plan, "value", None))


def test_a_plan_from_before_there_were_others_is_known_as_what_it_was() -> None:
    old = b'{"name": "jellyfin", "replicas": 3, "namespace": null, "kind": null}'

    assert ORJSONDecoder(ChangePlan).decode(old) == SetReplicas(name="jellyfin", replicas=3)


def test_the_schema_admits_every_plan_for_what_is_there_and_nothing_else(index: Callable[[Any], Index]) -> None:
    schema = plan_schema(_demo(index).workloads)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    for plan in EVERY:
        assert validator.is_valid(orjson.loads(orjson.dumps(asdict(plan)))), plan
    assert not validator.is_valid({"operation": "set_replicas", "name": "nobody", "replicas": 2})
    assert not validator.is_valid({"operation": "set_replicas", "name": "jellyfin", "replicas": "two"})
    assert not validator.is_valid({"operation": "delete_everything", "name": "jellyfin"})
    assert not validator.is_valid({"operation": "restart", "name": "jellyfin", "manifest": "kind: Pod"})


def test_a_settled_restart_is_the_same_edit_every_time(index: Callable[[Any], Index]) -> None:
    plan = settled(Restart(name="jellyfin"), datetime(2026, 5, 1, 12, tzinfo=UTC))

    assert plan == Restart(name="jellyfin", at="2026-05-01T12:00:00Z")
    assert apply(plan, _demo(index)) == apply(plan, _demo(index))
    assert settled(plan, datetime(2027, 1, 1, tzinfo=UTC)) == plan
