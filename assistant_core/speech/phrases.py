"""What is said, made from data by code and never by a model.

The words stand in `phrases/LANGUAGE.yaml`; here is only the choice between them. Names and texts that others wrote are
stripped of markup and kept short.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from typing import Self
from urllib.parse import urlsplit

from ..errors import HomelabError, NotFound
from ..models.application import Application
from ..models.change import ChangePlan, Happened, Proposal, ProposalState, Target
from ..models.cluster import Node
from ..models.finding import Finding
from ..models.gpu import GpuHealth
from ..models.hub import HubStatus
from ..models.observation import Observation
from ..models.reasons import Reason
from ..models.watching import WhatChanged
from ..ports import Homelab
from .chronicle import chronicle, happened
from .deployed import applications_now, nodes_now
from .hardware import card_now, cards_then, model_now, models_then
from .news import change_news, cluster_news
from .problems import problem, problems_known
from .reasons import SENTENCE_LENGTH, codes_told, note_told, reason_names, reason_told, reason_values
from .spoken import AskChanges
from .text import plain
from .told import NAME_LENGTH, told
from .wording import NAMED, Wording, sentence, utc_now

MOST_LINES = 12  # changed lines that are told before "see your phone"
MOST_FILES = 3


class Phrases:
    """The sentences of one language."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._fill = wording.fill

    @classmethod
    def load(cls, language: str, *, time_zone: tzinfo | None = None, clock: Callable[[], datetime] = utc_now) -> Self:
        """Read the words of a language, English where there is none. Reads the disk: run it in an executor."""
        return cls(Wording(language, time_zone, clock))

    def local_time(self) -> datetime:
        """The time where it is said."""
        return self._wording.now()

    def say_status(self, homelab: Homelab, awaiting: tuple[Proposal, ...]) -> str:
        """Everything at a glance: what fails first, then the rest, then what waits for a yes."""
        hub, gpus, findings = homelab.hub(), homelab.gpus(), homelab.findings()
        seen = [
            *([(findings.error, self.say_findings(findings))] if findings else []),
            *([(hub.error, self.say_models(hub))] if hub else []),
            *([(gpus.error, self.say_gpu(gpus))] if gpus else []),
        ]
        seen.sort(key=lambda service: service[0] is None)
        said = [words for _, words in seen] or [self._fill("status.nothing_set_up")]
        return " ".join([*said, *([self.say_pending(awaiting)] if awaiting else [])])

    def say_findings(self, observation: Observation[tuple[Finding, ...]] | None) -> str:
        """The open problems, the oldest few by name."""
        if observation is None:
            return self._fill("findings.not_set_up")
        findings = observation.value
        if observation.error is not None:
            return self._trouble(
                "cluster", observation.error, observation.since, problems_known(self._wording, observation)
            )
        if findings is None:
            return self._unseen("cluster")
        if not findings:
            return self._fill("findings.none")
        count = self._wording.count("finding", len(findings))
        there_are = self._fill(f"findings.{'one' if len(findings) == 1 else 'other'}", count=count)
        said = [problem(self._wording, finding) for finding in findings[:NAMED]]
        if (more := len(findings) - NAMED) > 0:
            said.append(self._fill("findings.more", count=self._wording.number(more)))
        return " ".join([there_are, *map(sentence, said)])

    def say_finding(self, finding: Finding) -> str:
        """One problem, in one sentence."""
        return sentence(problem(self._wording, finding))

    def say_applications(self, observation: Observation[tuple[Application, ...]] | None) -> str:
        """How many applications are in sync and healthy, and the worst of the others."""
        if observation is not None and isinstance(observation.error, NotFound) and not observation.value:
            return self._fill("applications.none")
        return self._deployed("applications", observation, applications_now)

    def say_nodes(self, observation: Observation[tuple[Node, ...]] | None) -> str:
        """How many nodes are ready, and which are not."""
        return self._deployed("nodes", observation, nodes_now)

    def say_gpu(self, observation: Observation[tuple[GpuHealth, ...]] | None) -> str:
        """What each graphics card tells of itself."""
        if observation is None:
            return self._fill("gpu.not_set_up")
        cards = observation.value
        if observation.error is not None:
            return self._trouble("gpu", observation.error, observation.since, cards_then(self._wording, cards))
        if cards is None:
            return self._unseen("gpu")
        return " ".join(card_now(self._wording, card) for card in cards) or self._fill("gpu.none")

    def say_models(self, observation: Observation[HubStatus] | None) -> str:
        """The models in memory, and which of them are not wholly on the GPU."""
        if observation is None:
            return self._fill("models.not_set_up")
        status = observation.value
        if observation.error is not None:
            return self._trouble("hub", observation.error, observation.since, models_then(self._wording, status))
        if status is None:
            return self._unseen("hub")
        if not status.loaded:
            return self._fill("models.none")
        models = self._wording.listing([model_now(self._wording, model) for model in status.loaded])
        return sentence(self._fill(f"models.{'one' if len(status.loaded) == 1 else 'other'}", models=models))

    def say_proposal(self, proposal: Proposal) -> str:
        """Where a proposal stands; while it waits: its change with all that comes along, and how to say yes."""
        long = proposal.state is ProposalState.AWAITING and _is_long(proposal)
        said = self._fill(
            f"proposal.{proposal.state.value}{'_long' if long else ''}",
            code=self.say_codes(proposal.code),
            notes=self._notes(proposal),
            failure=self.say_reason(proposal.why) if proposal.why else "",
            request=self._request(proposal),
            **self._content(proposal),
        )
        return sentence(said)

    def say_read_back(self, proposal: Proposal) -> str:
        """What a yes to a proposal would be for, with all that comes along with it."""
        return sentence(self._fill("read_back", **self._content(proposal))) + self._notes(proposal)

    def say_step(self, proposal: Proposal) -> str:
        """What happened to a proposal last."""
        events = happened(self._wording, proposal.last, self._request(proposal))
        return sentence(self._fill("history", change=self._change(proposal), events=events))

    def say_change(self, target: Target, plan: ChangePlan) -> str:
        """What a plan changes."""
        return sentence(told(target, plan, self._wording))

    def say_happened(self, proposal: Proposal, line: Happened) -> str:
        """One line of a proposal's history, as it follows the change's name: "approved by Anna by phone"."""
        return happened(self._wording, line, self._request(proposal))

    def say_history(self, proposal: Proposal, lines: Iterable[Happened]) -> str:
        """All that happened to a proposal."""
        events = chronicle(self._wording, lines, self._request(proposal))
        return sentence(self._fill("history", change=self._change(proposal), events=events))

    def say_no_history(self, name: str) -> str:
        """That nobody asked for a change of it."""
        return self._fill("history_unknown", name=plain(name, NAME_LENGTH))

    def say_pending(self, awaiting: tuple[Proposal, ...], known: tuple[Proposal, ...] = ()) -> str:
        """What waits for a yes; when nothing does, which of the `known` proposals was opened last."""
        if awaiting:
            changes = [
                self._fill("pending.change", change=self._change(proposal), code=self.say_codes(proposal.code))
                for proposal in awaiting
            ]
            count = self._wording.count("change", len(awaiting))
            return sentence(self._fill("pending.some", count=count, changes=self._wording.some(changes, "; ")))
        opened = [proposal for proposal in known if proposal.state is ProposalState.OPEN]
        if not opened:
            return self._fill("pending.none")
        last = max(opened, key=lambda proposal: proposal.decided or proposal.created)
        return self._fill("pending.none_but_opened", request=self._request(last), change=self._change(last))

    def say_changes(
        self,
        asked: AskChanges,
        changed: WhatChanged | None,
        seen: Observation[tuple[Finding, ...]] | None,
        proposals: tuple[Proposal, ...],
    ) -> str:
        """What changed lately, in at most two sentences: in the clusters (None: there is none), and by proposals."""
        form = "one" if asked.count == 1 else "other"
        period = self._fill(f"period.{asked.period.value}.{form}", count=self._wording.number(asked.count))
        told = []
        if changed is not None and seen is not None:
            news = cluster_news(self._wording, changed)
            known = self._fill("changes.some", period=period, news=news) if news else ""
            if seen.error is not None:
                told.append(self._trouble("cluster", seen.error, seen.since, known))
            elif seen.value is None:
                told.append(self._unseen("cluster"))
            else:
                told.append(sentence(known or self._fill("changes.none", period=period)))
        if proposals:
            latest = sorted(proposals, key=lambda each: each.updated or each.created, reverse=True)
            changes = ((self._change(each), each.state, self._request(each)) for each in latest)
            told.append(sentence(change_news(self._wording, changes)))
        return " ".join(told) or self._fill("changes.not_set_up", period=period)

    def say_history_unknown(self) -> str:
        """That nobody can say what changed."""
        return self._fill("changes.history_unknown")

    def say_error(self, error: HomelabError) -> str:
        """What went wrong, in one sentence."""
        return sentence(reason_told(Reason.of(error), self._wording))

    def say_model_failed(self, error: HomelabError, homelab: Homelab, *, midway: bool = False) -> str:
        """Why the model gives no answer, or not the rest of it (`midway`), and what is known without it."""
        hub, findings = homelab.hub(), homelab.findings()
        since = hub.since if hub and hub.error else None
        trouble = self._trouble("hub", error, since, problems_known(self._wording, findings, with_time=True))
        return self._fill("turn.stopped", trouble=trouble) if midway else trouble

    def say_reason(self, why: Reason) -> str:
        """Why a change went on as it did."""
        return sentence(reason_told(why, self._wording))

    def say_note(self, note: Reason) -> str:
        """What comes along with a change, a warning, or the reason of a risk."""
        return note_told(note, self._wording)

    def say_codes(self, codes: str) -> str:
        """Spoken codes such as "blue seven" in the words of this language; anything else as it is."""
        return codes_told(codes, self._wording)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the turn itself: its key below `turn`, and its placeholders."""
        return self._fill(f"turn.{key}", **{name: plain(str(value), NAME_LENGTH) for name, value in values.items()})

    def _trouble(self, service: str, error: HomelabError, since: datetime | None, known: str) -> str:
        """That a service fails and since when, then what is known all the same."""
        reason = Reason.of(error)
        values = reason_values(reason, self._wording) | {
            "service": self._fill(f"service.{service}"),
            "since": self._wording.since(since) if since else "",
        }
        trouble = self._wording.fitting("trouble", reason_names(reason.key, reason.values), **values).strip()
        return sentence(self._fill("trouble_and_known", trouble=trouble, known=known) if known else trouble)

    def _deployed[T](
        self, what: str, observation: Observation[tuple[T, ...]] | None, tell: Callable[[Wording, tuple[T, ...]], str]
    ) -> str:
        if observation is None:
            return self._fill(f"{what}.not_set_up")
        if observation.error is not None:
            return self._trouble("cluster", observation.error, observation.since, "")
        if observation.value is None:
            return self._unseen("cluster")
        return sentence(tell(self._wording, observation.value)) if observation.value else self._fill(f"{what}.none")

    def _unseen(self, service: str) -> str:
        return self._fill("unseen", service=self._fill(f"service.{service}"))

    def _notes(self, proposal: Proposal) -> str:
        """A sentence for each, to follow another one."""
        return "".join(f" {self.say_note(each)}" for each in proposal.notes)

    def _content(self, proposal: Proposal) -> dict[str, str]:
        files = len(proposal.files)
        return {
            "change": self._change(proposal),
            "lines": self._wording.count("line", _changed_lines(proposal.diff)),
            "file": plain(proposal.target.path, SENTENCE_LENGTH) if files == 1 else self._wording.count("file", files),
            "risk": self._fill(f"risk.{proposal.risk.value}"),
        }

    def _request(self, proposal: Proposal) -> str:
        """A proposal's pull request by its number, the last part of its address; its branch where there is none."""
        opened = proposal.opened
        if opened is not None and not opened.number:
            return self._fill("request.branch", branch=plain(opened.branch, SENTENCE_LENGTH))
        return self._fill("request.number", number=urlsplit(proposal.pull_request or "").path.rpartition("/")[2])

    def _change(self, proposal: Proposal) -> str:
        return told(proposal.target, proposal.plan, self._wording)


def _changed_lines(diff: str) -> int:
    lines = diff.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++ ") for line in lines)
    removed = sum(line.startswith("-") and not line.startswith("--- ") for line in lines)
    return max(added, removed)


def _is_long(proposal: Proposal) -> bool:
    """Whether nobody could follow it by ear."""
    return _changed_lines(proposal.diff) > MOST_LINES or len(proposal.files) > MOST_FILES
