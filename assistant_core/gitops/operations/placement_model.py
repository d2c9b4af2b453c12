"""Where a new app goes, and what makes it deployed."""

from dataclasses import dataclass

from ..model import Owner


@dataclass(frozen=True, slots=True)
class Placement:
    """The directory of a new app, its namespace, a file that shows the style, and what makes it deployed.

    `owner` is an Application or a Flux Kustomization to be made alike in the file `beside`; `listing` is a
    kustomization that must name `entry`. `votes` is how many apps are deployed in that way.
    """

    directory: str
    namespace: str
    model: str
    owner: Owner | None = None
    beside: str = ""
    listing: str | None = None
    entry: str = ""
    needs_kustomization: bool = False
    votes: int = 0
