"""An image is named by a tag that stays or by its digest."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..schemas import is_known
from ..settings import settings
from ..shape import text, written
from ..verdict import Severity


def is_pinned(image: str) -> bool:
    """Whether an image reference has a digest, or a tag other than latest."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return bool(digest) or tag not in ("", "latest")


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    pod = found.pod
    for container in pod.containers if pod else ():
        image = text(container.spec, "image")
        if image and not is_pinned(image):
            yield Breach(
                where=f"{container.path}.image",
                message="The image has no tag of its own, so nobody knows which version runs; name one.",
                value=image,
            )
    for place, leaf in () if is_known(found) else settings(found):
        if leaf == "latest" and place[-1:] in (("tag",), ("newTag",)):
            yield Breach(where=written(place), message="latest is another version every day; name one.", value=leaf)


CONTROL = ObjectControl(rule="images", judge=_judge, severity=Severity.WARNING)
