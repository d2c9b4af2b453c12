"""Variables that come one by one from a key of a ConfigMap are changed there."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit
from assistant_core.models.notes import Note
from assistant_core.models.plan import ChangePlan, SetEnv

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Apply = Callable[[Mapping[str, str], ChangePlan], Edit]

APP = """apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: home}
spec:
  selector: {}
  template:
    spec:
      containers:
        - name: app
          image: acme/NAME:1.0.0
          env:
            - name: THREADS
              valueFrom: {configMapKeyRef: {name: sizes, key: KEY}}
            - name: TOKEN
              valueFrom: {secretKeyRef: {name: sizes, key: KEY}}
"""
SIZES = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sizes, namespace: home}\ndata:\n  threads: '8' # all\n"


def _app(name: str, key: str = "threads") -> str:
    return APP.replace("NAME", name).replace("KEY", key)


def _set(value: str | None = "6", variable: str = "THREADS") -> SetEnv:
    return SetEnv(name="miner", variable=variable, value=value)


def test_a_variable_is_changed_in_the_key_that_it_comes_from(changed: Changed) -> None:
    files = {"miner.yaml": _app("miner"), "sizes.yaml": SIZES}
    assert changed(files, _set()) == ["sizes.yaml", "-  threads: '8' # all", "+  threads: '6' # all"]


def test_who_else_takes_the_key_is_told(edit: Apply) -> None:
    files = {"miner.yaml": _app("miner"), "other.yaml": _app("other"), "sizes.yaml": SIZES}
    assert edit(files, _set()).notes == (Note.READERS.told(workloads="home/other"),)
    assert edit(files | {"other.yaml": _app("other", "more")}, _set()).notes == ()


def test_a_literal_of_the_same_name_is_changed_in_its_generator(changed: Changed) -> None:
    files = {
        "kustomization.yaml": "resources: [miner.yaml]\nconfigMapGenerator:\n  - name: sizes\n    namespace: home\n"
        "    literals: [THREADS=8]\n",
        "miner.yaml": _app("miner", "THREADS"),
    }
    assert changed(files, _set())[1:] == ["-    literals: [THREADS=8]", "+    literals: [THREADS=6]"]


PATCH = "resources: [miner.yaml, sizes.yaml]\npatches: [{path: patch.yaml}]\n"


@pytest.mark.parametrize(
    ("files", "plan"),
    [
        ({}, _set()),
        ({"sizes.yaml": SIZES}, _set(None)),
        ({"sizes.yaml": SIZES}, _set(variable="TOKEN")),
        ({"sizes.yaml": SIZES, "miner.yaml": _app("miner", "more")}, _set()),
        ({"sizes.yaml": SIZES, "patch.yaml": SIZES.replace("8", "9"), "kustomization.yaml": PATCH}, _set()),
    ],
)
def test_what_cannot_be_told_is_left_alone(edit: Apply, files: Mapping[str, str], plan: ChangePlan) -> None:
    with pytest.raises(EditRefused, match="comes from a Secret or another object"):
        edit({"miner.yaml": _app("miner"), **files}, plan)


TAKEN = """apiVersion: apps/v1
kind: Deployment
metadata: {name: miner, namespace: home}
spec:
  selector: {}
  template:
    spec:
      containers: [{name: app, image: 'acme/miner:1.0.0', envFrom: [{configMapRef: {name: sizes}}]}]
"""
GENERATED = """resources: [miner.yaml]
configMapGenerator:
  - {name: sizes, namespace: home, envs: [.env], literals: [COLOR=red]}
"""


def test_a_variable_that_may_stand_in_a_file_that_is_not_read_is_not_set_beside_it(edit: Apply) -> None:
    files = {"miner.yaml": TAKEN, "kustomization.yaml": GENERATED}
    with pytest.raises(EditRefused, match=r"takes variables from \.env, which I do not read"):
        edit(files, _set())
    with pytest.raises(EditRefused, match="from the ConfigMap sizes"):
        edit({"miner.yaml": TAKEN}, _set())
    assert edit(files, _set("blue", "COLOR")).target.path == "kustomization.yaml"
    assert edit({"miner.yaml": TAKEN, "sizes.yaml": SIZES}, _set()).target.path == "miner.yaml"
