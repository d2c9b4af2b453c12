"""Which repository, where and as whom."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubAddress:
    """`repository` is OWNER/NAME, `base_url` that of the REST API, `timeout` in seconds of silence."""

    repository: str
    token: str = field(repr=False)
    base_url: str
    timeout: int
