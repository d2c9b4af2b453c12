"""What is said along with a change, beside the diff."""

from .reasons import Template


class Note(Template):
    """What an edit does besides, or what it leaves to a person."""

    ALONG = "With it goes {workloads} too."
    GENERATED = "{path} says that it is generated: whatever makes it, such as a new bootstrap, may undo this."
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
    LEFT_BEHIND = "{containers} beside it runs the same image and stays as it is."
    LOCKED = "{lock} still names the old version; run `helm dependency update` to renew it."
    NOT_ROOT = "It runs as user 1000, not as root; not every image can."
    OUT_OF_SIGHT = "The Secret {secret} may set {field} until now; what stands in the files wins."
    PLACE = "It goes to {directory}, into the namespace {namespace}."
    READERS = "The same entry is read by {workloads} too."
    RESIZED = "{by} sets CPU and memory of its pods while they run."
    RESTARTS = "The machine may have to be restarted before it sees this."
    STAYS = "It stays in {path}, which deploys {others} too."
    UPDATED = "ArgoCD Image Updater sets this image too and may set it again."
    WAITS = "It waits for a Secret {name} with the key 'password', which you make by hand."


class Danger(Template):
    """What makes a change as risky as it is."""

    ADDS = "It adds {what}."
    BASE = "Other things stand on what runs in {namespace}."
    DELETES = "It deletes {path}."
    FIELD = "It changes {field} of {what}."
    LITTLE = "It changes nothing but how much a workload gets."
    MANY_OBJECTS = "It touches {count} objects."
    MANY_PODS = "It starts many pods of {what}."
    PODS = "The number of pods of {what} becomes {count}."
    POWERS = "It changes the rights of {what}."
    REMOVES = "It removes {what}."
    RULE = "It breaks a rule."
    STOPS = "It stops {what}."
    STORAGE = "It changes the storage of {what}."
    TERRAFORM = "Terraform may restart or replace a machine; read its plan before the merge."
    VERSION = "It runs another version of {what}."
    WARNING = "It comes with a warning."
    WIDE = "A {kind} reaches beyond one application."
