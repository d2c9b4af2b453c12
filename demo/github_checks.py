"""Check runs and commit statuses: what a repository's workflows say of a commit."""

from .github_access import Need
from .github_state import Hub, Route
from .github_wire import Answer, Call

READ = Need(kind="checks")


class Checks:
    """Endpoints below `/repos/OWNER/NAME/commits/SHA`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> list[Route]:
        """The endpoints."""
        return [
            Route("GET", "/commits/{sha}/check-runs", READ, self.runs),
            Route("GET", "/commits/{sha}/status", READ, self.status),
        ]

    async def runs(self, call: Call) -> Answer:
        """GET the check runs."""
        found = self._hub.check_runs.get(call.path["sha"], {})
        runs = [
            {
                "id": number,
                "name": name,
                "head_sha": call.path["sha"],
                "status": "completed" if conclusion else "in_progress",
                "conclusion": conclusion,
            }
            for number, (name, conclusion) in enumerate(found.items(), start=1)
        ]
        return Answer({"total_count": len(runs), "check_runs": runs})

    async def status(self, call: Call) -> Answer:
        """GET the commit statuses; together they are pending when there is none."""
        found = self._hub.statuses.get(call.path["sha"], {})
        states = set(found.values())
        together = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
        return Answer(
            {
                "sha": call.path["sha"],
                "state": together,
                "total_count": len(found),
                "statuses": [{"context": name, "state": state} for name, state in found.items()],
            }
        )
