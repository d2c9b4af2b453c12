"""Which repository, where and as whom."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubApp:
    """A GitHub App, which opens pull requests that the household's own people can then approve.

    `private_key` is the whole text of its .pem file. The app has to be installed on the repository.
    """

    app_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubAddress:
    """`repository` is OWNER/NAME, `base_url` that of the REST API, `timeout` in seconds of silence."""

    repository: str
    credentials: str | GitHubApp = field(repr=False)
    base_url: str
    timeout: int
