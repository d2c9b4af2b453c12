"""What is said along with an edit, beside the diff: templates that other languages translate."""

from enum import StrEnum
import re


class Note(StrEnum):
    """A sentence with its placeholders, to be filled with `format`."""

    AUTOMATED = "Flux's image automation writes this line too and may set it again."
    CHART_UNKNOWN = "I do not know the chart of {workload}; most charts hand podAnnotations on to the pods."
    CLAIMS_GO = "Its volume {claims} goes with it, and so do the data."
    CLASS_STAYS = (
        "Kubernetes does not change the class of a volume claim that is there: delete the claim, if nothing is on it "
        "yet, so that it is made anew."
    )
    CLAIMS_STAY = (
        "Kubernetes does not change the volume claims of a StatefulSet that runs: it must be recreated, and each claim "
        "enlarged by hand."
    )
    COUNTED = "{machine} has a count: all of them change."
    DIGEST_GOES = "The digest in {path} goes with the old tag; the new one is not pinned to a digest."
    FOLLOWERS = "The same entry sets the image of {workloads}."
    GUESSED = "The files do not tell whether the chart {chart} takes {field}, as most charts do."
    HOST_STAYS = "{host} is still named by {names} in {path}; look whether that should follow."
    LOCKED = "{lock} still names the old version; run `helm dependency update` to renew it."
    NOT_ROOT = "It runs as user 1000, not as root; not every image can."
    OUT_OF_SIGHT = "The Secret {secret} may set {field} until now; what stands in the files wins."
    PLACE = "It goes to {directory}, into the namespace {namespace}."
    READERS = "The same entry is read by {workloads} too."
    RESTARTS = "The machine may have to be restarted before it sees this."
    STAYS = "It stays in {path}, which deploys {others} too."
    WAITS = "It waits for a Secret {name} with the key 'password', which you make by hand."


def recognised(sentence: str) -> tuple[Note, dict[str, str]] | None:
    """The note that a sentence was made of, with what was filled in; None for any other sentence."""
    for note in Note:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(note))
        if found := re.fullmatch(pattern, sentence):
            return note, found.groupdict()
    return None
