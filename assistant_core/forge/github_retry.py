"""What is asked again by itself. Import it in the executor only."""

from urllib3.util import Retry


def retry() -> Retry:
    """Ask again only what changes nothing, and soon: GithubRetry would sleep for whatever Retry-After says."""
    return Retry(
        total=2,
        connect=0,
        read=1,
        backoff_factor=0.2,
        status_forcelist=(500, 502, 503, 504),
        allowed_methods={"GET", "HEAD"},
        respect_retry_after_header=False,
        raise_on_status=False,
    )
