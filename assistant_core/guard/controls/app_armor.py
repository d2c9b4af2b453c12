"""Baseline: the AppArmor profile may be chosen, not switched off."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import mapping, plain, shown, value
from ..verdict import Level

_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_PROFILES = ("RuntimeDefault", "Localhost")


def _judge(pod: Pod) -> Iterator[Breach]:
    for path, security in pod.contexts():
        if value(security, "appArmorProfile") is not None:
            found = value(security, "appArmorProfile", "type")
            if found not in _PROFILES:
                yield Breach(where=f"{path}.appArmorProfile.type", message=_message(found), value=found)
    for key, found in mapping(pod.metadata, "annotations").items():
        if key.startswith(_ANNOTATION) and not _is_allowed(found):
            yield Breach(where=f"{pod.annotations_path}.{plain(key)}", message=_message(found), value=found)


def _is_allowed(profile: object) -> bool:
    return profile in (None, "", "runtime/default") or (isinstance(profile, str) and profile.startswith("localhost/"))


def _message(found: object) -> str:
    return f"The AppArmor profile must be RuntimeDefault or Localhost, not {shown(found)}."


CONTROL = PodControl(rule="app-armor", level=Level.BASELINE, judge=_judge)
