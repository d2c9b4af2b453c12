"""What is moved to a place is no new version."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import Incomplete
from assistant_core.gitops import Index
from assistant_core.models.plan import SetImage
from assistant_core.models.repository import Snapshot
from assistant_core.speech import LANGUAGES, Speech


def _index(tag: str) -> Index:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: photos}\nspec:\n  selector: {}\n"
        f"  template: {{spec: {{containers: [{{name: photos, image: 'acme/photos:{tag}'}}]}}}}\n"
    )
    return Index.of(Snapshot(commit="0" * 40, files={"photos.yaml": text.encode()}))


@pytest.fixture(scope="module")
def speech() -> list[Speech]:
    return [Speech.load(language, prepared=False) for language in LANGUAGES]


@pytest.mark.parametrize("words", ["move photos to fast-disks", "switch photos to fast-disks"])
def test_a_word_that_is_like_no_version_is_asked_back(words: str, speech: list[Speech]) -> None:
    with pytest.raises(Incomplete, match="'fast-disks' is like no version of photos"):
        plan_by_sentences(words, _index("1.2.3"), speech)


@pytest.mark.parametrize(
    ("words", "now", "tag"),
    [
        ("move photos to 1.3.0", "1.2.3", "1.3.0"),
        ("update photos to stable", "1.2.3", "stable"),
        ("update photos to tuned", "plain", "tuned"),
    ],
)
def test_a_version_a_channel_and_a_name_among_names_are_versions(
    words: str, now: str, tag: str, speech: list[Speech]
) -> None:
    assert plan_by_sentences(words, _index(now), speech) == SetImage(name="photos", tag=tag)
