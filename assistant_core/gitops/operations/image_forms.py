"""The ways in which values and kustomizations write an image."""

from collections.abc import Mapping
from typing import Any

from ..knobs.references import Reference, reference
from ..model import Knob

DIGESTS = ("digest", "sha")
_REPOSITORIES = ("repository", "name", "repo")


def described(image: Mapping[str, Any]) -> Reference:
    """What Helm values say: registry, repository, tag and digest."""
    repository = next((str(image[key]) for key in _REPOSITORIES if image.get(key)), "")
    registry = str(image.get("registry") or "")
    tag, _, digest = str(image.get("tag") if image.get("tag") is not None else "").partition("@")
    own = next((str(image[key]) for key in DIGESTS if image.get(key)), "")
    return Reference(f"{registry}/{repository}" if registry else repository, tag, digest or own)


def mapped(image: Mapping[str, Any], wanted: Reference) -> dict[str, str]:
    """The keys of a new repository; none when it stays."""
    if not wanted.repository or wanted.repository == described(image).repository:
        return {}
    key = next((each for each in _REPOSITORIES if each in image), "repository")
    if "registry" not in image:
        return {key: wanted.repository}
    registry, _, rest = wanted.repository.partition("/")
    if "." in registry or ":" in registry:
        return {"registry": registry, key: rest}
    return {"registry": "docker.io", key: wanted.repository}


def parts_of_mapping(image: Mapping[str, Any]) -> Reference:
    """What an entry of kustomize's `images` says."""
    repository = str(image.get("newName") or image.get("name") or "")
    tag = image.get("newTag")
    return Reference(repository, "" if tag is None else str(tag), str(image.get("digest") or ""))


def argument(text: str) -> Reference:
    """What `name=new:tag` makes of an image."""
    return reference(text.partition("=")[2] or text) or Reference(text)


def renamed(knob: Knob, wanted: Reference) -> str:
    """An argument for another image, in the shorter form where it has that."""
    short = "=" not in str(knob.value) and wanted.repository == knob.name
    return str(wanted) if short else f"{knob.name}={wanted}"
