from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
import pytest

from assistant_core.errors import AuthenticationFailed, InputInvalid, NotFound, PermissionDenied
from assistant_core.forge import Excess, GitHubApp, GitHubForge
from assistant_core.models.repository import Draft, PullRequestState

from .conftest import GitHub

PERMISSIONS = {"contents": "write", "pull_requests": "write", "checks": "read", "metadata": "read"}


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
async def app(github: GitHub, key: rsa.RSAPrivateKey) -> GitHubApp:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    await install(github, key)
    return GitHubApp(app_id="12345", private_key=private)


async def install(github: GitHub, key: rsa.RSAPrivateKey, **changes: object) -> None:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    await github.do("app", **{"app_id": "12345", "public_key": public, "permissions": PERMISSIONS, **changes})


def forge_of(github: GitHub, app: GitHubApp, repository: str = "demo/homelab") -> GitHubForge:
    return GitHubForge(repository, app, base_url=github.proxy.url, timeout=10)


def tokens_asked(github: GitHub) -> int:
    return sum(seen.path.endswith("/access_tokens") for seen in github.proxy.seen)


async def test_an_app_reads_opens_and_follows_with_one_token(github: GitHub, app: GitHubApp, draft: Draft) -> None:
    forge = forge_of(github, app)
    github.proxy.seen.clear()

    info = await forge.check()
    assert (info.can_push, info.can_open_pull_requests, info.excess) == (True, True, frozenset())
    assert (await forge.snapshot()).commit == draft.base_commit
    pull = await forge.open(draft)
    assert (await forge.follow(pull)).pull_request == pull

    assert tokens_asked(github) == 1
    assert (await github.state())["pulls"][0]["user"]["login"] == "homelab-assistant[bot]"


async def test_an_apps_pull_request_can_be_approved_by_the_person_whose_repository_it_is(
    github: GitHub, app: GitHubApp, draft: Draft
) -> None:
    await github.do("protect", branch="main", approvals=1)
    forge = forge_of(github, app)
    pull = await forge.open(draft)

    await github.do("pulls/1/review", login="demo", event="APPROVE")
    await github.do("pulls/1/merge")

    assert (await forge.follow(pull)).pull_request.state is PullRequestState.MERGED


async def test_the_token_has_no_more_than_is_needed_even_when_the_app_has(
    github: GitHub, app: GitHubApp, key: rsa.RSAPrivateKey
) -> None:
    await install(github, key, permissions={**PERMISSIONS, "administration": "write"}, others=["demo/diary"])

    info = await forge_of(github, app).check()

    assert info.excess == {Excess.OTHER_REPOSITORIES}


async def test_an_app_with_too_few_permissions_is_found_out(
    github: GitHub, app: GitHubApp, key: rsa.RSAPrivateKey, draft: Draft
) -> None:
    await install(github, key, permissions={"contents": "read", "metadata": "read"})
    forge = forge_of(github, app)

    info = await forge.check()
    assert (info.can_push, info.can_open_pull_requests) == (False, False)
    with pytest.raises(PermissionDenied, match="it needs Contents and Pull requests, read and write"):
        await forge.open(draft)


async def test_a_token_that_was_revoked_is_asked_for_anew(github: GitHub, app: GitHubApp) -> None:
    forge = forge_of(github, app)
    await forge.check()
    await github.do("forget")

    with pytest.raises(AuthenticationFailed):
        await forge.check()
    assert (await forge.check()).can_push


async def test_a_wrong_app_a_wrong_key_and_a_missing_installation_are_told_apart(
    github: GitHub, app: GitHubApp, key: rsa.RSAPrivateKey
) -> None:
    with pytest.raises(AuthenticationFailed, match="does not accept the app's id and private key"):
        await forge_of(github, replace(app, app_id="999")).check()
    with pytest.raises(InputInvalid, match="private key of the GitHub App cannot be read"):
        await forge_of(github, replace(app, private_key="not a key")).check()
    with pytest.raises(NotFound, match='The GitHub App is not installed on "demo/elsewhere"'):
        await forge_of(github, app, "demo/elsewhere").check()
    other = rsa.generate_private_key(65537, 2048)
    await install(github, other)
    with pytest.raises(AuthenticationFailed, match="check both, and this machine's clock"):
        await forge_of(github, app).check()
    assert key is not other


async def test_the_private_key_stands_in_no_representation(github: GitHub, app: GitHubApp) -> None:
    forge = forge_of(github, app)
    await forge.check()
    assert "PRIVATE" not in repr(app) + repr(vars(forge))
