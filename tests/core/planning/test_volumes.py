"""A volume is named by what it holds and where it belongs."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload
from assistant_core.gitops import Index, apply
from assistant_core.models.repository import Snapshot

from .conftest import deployment, spoken

CLAIM = """---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: NAME, namespace: photos}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: SIZE}}}
"""


def _app(name: str, *, is_labelled: bool = True, **volumes: str) -> str:
    mounted = ", ".join(
        f"{{name: {key}, persistentVolumeClaim: {{claimName: {claim}}}}}" for key, claim in volumes.items()
    )
    text = deployment(name, "photos").replace("    spec:\n", f"    spec:\n      volumes: [{mounted}]\n")
    text = text.replace(f"{{name: {name}, ", f"{{labels: {{app: photos}}, name: {name}, ") if is_labelled else text
    return text + "".join(CLAIM.replace("NAME", each).replace("SIZE", "10Gi") for each in volumes.values())


FILES = {
    "server.yaml": _app("photos-server", library="photos-library", thumbs="small-ones"),
    "learning.yaml": _app("photos-learning", cache="models"),
}


def _changed(words: str, **more: str) -> str:
    files = FILES | {f"{name}.yaml": text for name, text in more.items()}
    index = Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))
    plan = plan_by_sentences(words, index, [spoken("en")])
    target = apply(plan, index).target if plan else None
    return f"{target.name} {target.path} {target.after}" if target else ""


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("grow the library volume of photos to 20Gi", "photos-server server.yaml 20Gi"),
        ("grow the thumbs volume of photos to 20Gi", "photos-server server.yaml 20Gi"),
        ("make the cache volume of photos 20Gi", "photos-learning learning.yaml 20Gi"),
    ],
)
def test_a_volume_is_found_whichever_part_of_an_app_mounts_it(words: str, changed: str) -> None:
    assert _changed(words) == changed


def test_where_several_parts_have_such_a_volume_it_is_asked() -> None:
    with pytest.raises(AmbiguousWorkload):
        _changed("grow the cache volume of photos to 20Gi", more=_app("photos-web", cache="pages"))


def test_a_volume_of_a_namespace_is_found_by_its_name() -> None:
    files = {
        "server": _app("photos-server", is_labelled=False, library="photos-library"),
        "learning": _app("photos-learning", is_labelled=False, cache="models"),
    }
    assert _changed("grow the cache volume of photos to 20Gi", **files) == "photos-learning learning.yaml 20Gi"
    assert _changed("grow the library volume of photos to 20Gi", **files) == "photos-server server.yaml 20Gi"
