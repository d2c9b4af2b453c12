"""The token of a request: the person's own, or an hour's token of a GitHub App. Import it in the executor only.

Source: docs.github.com/apps, authenticating as a GitHub App installation.
"""

from datetime import UTC, datetime, timedelta
from threading import Lock

from github import Auth, GithubException, GithubIntegration
from github.InstallationAuthorization import InstallationAuthorization
from jwt import PyJWTError

from ..errors import AuthenticationFailed, InputInvalid, NotFound
from .github_address import GitHubAddress, GitHubApp
from .github_errors import translated
from .github_retry import retry

_WANTED = {"contents": "write", "pull_requests": "write", "issues": "write", "checks": "read", "statuses": "read"}
"""All that we ever ask for; of these, a token gets what the app has."""

_SPARE = timedelta(minutes=5)
"""A token that ends sooner is not used for a new job."""


class Credentials:
    """Kept from job to job, so that an app's token is asked for once in an hour."""

    def __init__(self, address: GitHubAddress) -> None:
        self._address = address
        self._lock = Lock()
        self._granted: InstallationAuthorization | None = None

    def auth(self) -> Auth.Auth:
        """What to send with requests. Raises HomelabError when an app gets no token."""
        if isinstance(app := self._address.credentials, str):
            return Auth.Token(app)
        with self._lock:
            if self._granted is None or self._granted.expires_at - _SPARE < datetime.now(UTC):
                self._granted = self._ask(app)
            return Auth.Token(self._granted.token)

    def _ask(self, app: GitHubApp) -> InstallationAuthorization:
        address = self._address
        try:
            with (
                translated(address),
                GithubIntegration(
                    auth=Auth.AppAuth(app.app_id, app.private_key),
                    base_url=address.base_url,
                    timeout=address.timeout,
                    user_agent="homelab-assistant",
                    retry=retry(),
                    seconds_between_requests=None,
                    seconds_between_writes=None,
                ) as github,
            ):
                return _token_of(github, address)
        except PyJWTError as error:
            raise InputInvalid(
                "The private key of the GitHub App cannot be read; give the whole text of its .pem file."
            ) from error


def _token_of(github: GithubIntegration, address: GitHubAddress) -> InstallationAuthorization:
    try:
        installation = github.get_repo_installation(*address.repository.split("/"))
        has = {name: level for name, level in _WANTED.items() if installation.permissions.get(name) in (level, "write")}
        return github.get_access_token(installation.id, has)
    except GithubException as error:
        match error.status:
            case 401:
                raise AuthenticationFailed(
                    "GitHub does not accept the app's id and private key; check both, and this machine's clock."
                ) from error
            case 404:
                raise NotFound(f'The GitHub App is not installed on "{address.repository}".') from error
        raise
