"""What is wrong in the clusters, in the words of one language."""

from ..models.finding import Finding
from ..models.observation import Observation
from .text import plain
from .wording import Wording

NAME_LENGTH = 80
ERROR_LENGTH = 120


def problem(wording: Wording, finding: Finding) -> str:
    """One open problem, as a clause."""
    template = "findings.finding" if finding.namespace else "findings.finding_without_namespace"
    error = plain(finding.errors[0], ERROR_LENGTH).rstrip(".") if finding.errors else ""
    error = error or wording.fill("findings.no_details")
    return wording.fill(
        template,
        kind=plain(finding.kind, NAME_LENGTH),
        name=plain(finding.name, NAME_LENGTH),
        namespace=plain(finding.namespace or "", NAME_LENGTH),
        error=error,
    )


def problems_known(
    wording: Wording, observation: Observation[tuple[Finding, ...]] | None, *, with_time: bool = False
) -> str:
    """How many problems there are, or were when the cluster last answered: "then", or at that time."""
    if observation is None or observation.value is None:
        return ""
    when, at = "now", ""
    if observation.error:
        when, at = ("at", wording.at(observation.at)) if with_time and observation.at else ("then", "")
    if not observation.value:
        return wording.fill(f"findings.{when}_none", at=at)
    return wording.fill(f"findings.{when}", count=wording.count("finding", len(observation.value)), at=at)
