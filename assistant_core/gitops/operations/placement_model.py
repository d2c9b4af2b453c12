"""Where a new app goes, and what makes it deployed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import Incomplete
from ..model import Owner


@dataclass(frozen=True, slots=True)
class Placement:
    """The directory of a new app, its namespace, a file that shows the style, and what makes it deployed.

    `owner` is an Application or a Flux Kustomization to be made alike in the file `beside`; `listing` is a
    kustomization that must name `entry`. `alike` is an Application in the values of a chart, beside which another one
    must stand. `votes` is how many apps are deployed in that way. A directory that `is_shared` has other apps in it.
    """

    directory: str
    namespace: str
    model: str
    owner: Owner | None = None
    beside: str = ""
    listing: str | None = None
    entry: str = ""
    needs_kustomization: bool = False
    alike: Owner | None = None
    votes: int = 0
    is_shared: bool = False


def usual(namespaces: Iterable[str]) -> str:
    """The namespace that apps in one place share; "" where they have their own."""
    found = Counter(each for each in namespaces if each)
    most = max(found.values(), default=0)
    return next((each for each, count in found.items() if count == most and 2 * most > found.total()), "")


def which_namespace(name: str, namespaces: Iterable[str]) -> Incomplete:
    """The question where a new app shall run."""
    known = ", ".join(sorted({each for each in namespaces if each}))
    return Incomplete(
        f"Say in which namespace {name} shall run; there is {known}.", name=name, known=known, reason="which_namespace"
    )
