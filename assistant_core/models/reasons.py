"""What the engine tells of a change: an English sentence, with what other languages make theirs of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from ..errors import HomelabError
from ..redaction import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`key` names a template in small letters, or an error; `values` fill what other languages say for it."""

    sentence: str
    key: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, error: HomelabError) -> Self:
        """What an error says, without secrets."""
        values = {name: redact(value) for name, value in error.placeholders.items() if name != "message"}
        return cls(sentence=redact(str(error)), key=error.key, values=values)


class Template(StrEnum):
    """Sentences with placeholders."""

    def told(self, **values: object) -> Reason:
        """The sentence with these values."""
        texts = {name: str(value) for name, value in values.items()}
        return Reason(sentence=self.format(**texts), key=self.name.lower(), values=texts)


class Why(Template):
    """Why a change went on as it did; a `message` is what a host wrote."""

    BY_HAND = "Somebody changed its branch by hand; I leave it alone."
    CHECKS = "Checks failed: {names}."
    CLOCK = "The clock was set back, so nobody can tell how old the change is."
    CONFLICTS = "It conflicts with what was merged meanwhile."
    DEGRADED = "{name} is degraded."
    DEGRADED_BECAUSE = "{name} is degraded: {message}."
    ITS_CHECKS = "Its checks failed."
    MISSING = "{name} is missing."
    MISSING_BECAUSE = "{name} is missing: {message}."
    NOT_DEPLOYED = "No Application deploys these files, so I cannot tell whether the change has arrived."
    PATIENCE = "{names} did not become healthy with the change within {minutes} minutes."
    REVIEW = "A reviewer wants changes."
    RIGHTS = "{who} may not approve changes any more."
    RIGHTS_UNNAMED = "Whoever approved it may not approve changes any more."
    SUPERSEDED = "'{code}' took its place."
    UNKNOWN = "The change is merged; what became of it in the cluster is not known: {error}"
    UNSYNCED = "{name} could not be synced."
    UNSYNCED_BECAUSE = "{name} could not be synced: {message}."

    def after(self, error: Reason) -> Reason:
        """The reason with what `error` says, which is told by its own name in other languages, too."""
        values = {**error.values, "error_key": error.key}
        return Reason(sentence=self.format(error=error.sentence), key=self.name.lower(), values=values)
