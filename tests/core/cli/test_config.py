"""What the configuration file says counts unless a flag says otherwise; what is wrong in it is told with its line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant_core.cli.config import read
from assistant_core.errors import InputInvalid
from demo.faults import FaultProxy
from demo.github import REPOSITORY, TOKEN
from demo.ollama import OllamaSimulator
from demo.serving import serving

type Run = Any


type Write = Callable[[str], None]


@pytest.fixture
def configure(tmp_path: Path) -> Write:
    """Write the file where it is looked for, in the home of `homelab`."""
    path = tmp_path / ".config" / "homelab-assistant.toml"
    path.parent.mkdir()

    def write(text: str) -> None:
        path.write_text(text)

    return write


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with the demo's token that nobody else can read."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o600)
    return path


async def test_every_command_reads_the_file(
    homelab: Run, configure: Write, secret: Path, kubeconfig: Path, github: FaultProxy, tmp_path: Path
) -> None:
    async with serving(OllamaSimulator()) as hub:
        configure(
            f'[ollama]\nurl = "{hub.url}"\nmodel = "llama3.1:8b-demo-rules"\n'
            f'[cluster]\nkubeconfig = "{kubeconfig}"\n'
            f'[repository]\nname = "{REPOSITORY}"\ngithub_api = "{github.url}"\ntoken_file = "{secret}"\n'
            '[journal]\nfile = "~/proposals.sqlite"\n'
        )
        status = await homelab("status", "--json")
        assert (status.code, status.json.keys()) == (0, {"hub", "cluster"})
        assert (await homelab("findings", "--json")).json
        asked = await homelab("ask", "Explain the findings in your own words")
        assert len(asked.out.split()) > 3
    proposed = await homelab("propose", "scale jellyfin to 3", "--json")
    assert (proposed.code, proposed.err) == (0, "")
    assert (tmp_path / "proposals.sqlite").is_file()
    approved = await homelab("approve", proposed.json["hash"])
    assert approved.out.startswith("Pull request 1 is open")


async def test_a_flag_is_stronger_than_the_file(homelab: Run, configure: Write) -> None:
    configure('[repository]\nname = "anna/homelab"\n')
    ended = await homelab("index", "--repo", "demo/gitops_repository", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["workloads"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [('namespaces_left_alone = ["media"]', "namespaces"), ('paths_left_alone = ["apps/media/", "*.tf"]', "paths")],
)
async def test_what_the_file_leaves_alone_is_neither_planned_nor_proposed(
    homelab: Run, configure: Write, line: str, rule: str
) -> None:
    configure(f'[repository]\nname = "demo/gitops_repository"\n{line}\n')
    planned = await homelab("plan", "scale jellyfin to 3", "--json")
    assert (planned.code, planned.json["outcome"]) == (4, "refused")
    assert rule in {each["rule"] for each in planned.json["violations"]}

    proposed = await homelab("propose", "scale jellyfin to 3", "--repo", "demo/gitops_repository")
    assert (proposed.code, proposed.out) == (4, "")
    assert proposed.err.startswith(f"The rule '{rule}' forbids this change")
    assert (await homelab("plan", "scale homepage to 3", "--json")).json["outcome"] == "proposed"


async def test_the_file_is_looked_for_where_xdg_says(homelab: Run, tmp_path: Path) -> None:
    (tmp_path / "homelab-assistant.toml").write_text("[repository]\nname = 3\n")
    ended = await homelab("proposals", XDG_CONFIG_HOME=str(tmp_path))
    assert (ended.code, ended.out) == (4, "")
    assert ended.err == f"Line 2 of {tmp_path}/homelab-assistant.toml is wrong: name must be text in quotes.\n"
    assert (await homelab("--config", "/nowhere.toml", "proposals")).err == (
        "There is no configuration file /nowhere.toml.\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[ollama]\nurl = http://x\n", "Line 2 of {path} is no TOML: Invalid value."),
        ("[ollama]\n\nulr = 'http://x'\n", "Line 3 of {path} is wrong: [ollama] has no ulr; it has url, model"),
        ("# mine\n[olama]\nurl = 'x'\n", "Line 2 of {path} is wrong: there is no section [olama]; there are [ollama]"),
        ("url = 'x'\n", "Line 1 of {path} is wrong: url is in no section"),
        ("[gpu]\nurl = 'x'\n[ollama]\nurl = ''\n", "Line 4 of {path} is wrong: url must be text in quotes."),
        (
            "[repository]\nname = 'a/b'\nnamespaces_left_alone = 'media'\n",
            "Line 3 of {path} is wrong: namespaces_left_alone must be a list of texts in quotes.",
        ),
        (
            "[repository]\nnamespaces_left_alone = ['media', 'My Media']\n",
            "Line 2 of {path} is wrong: 'My Media' in namespaces_left_alone is no name of a namespace.",
        ),
        (
            "[repository]\n\npaths_left_alone = [\n  '/terraform/**',\n]\n",
            "Line 3 of {path} is wrong: '/terraform/**' in paths_left_alone is no path from the top of a repository.",
        ),
        ("[repository]\npaths_left_alone = [3]\n", "Line 2 of {path} is wrong: '3' in paths_left_alone is no path"),
        ("[repository]\ntoken = 'abc'\n", "Line 2 of {path} is wrong: token does not belong here; put a token into"),
        ("[ollama]\ntoken_file = '/nowhere'\n", "The token file /nowhere cannot be read."),
        ("\n\n\xff", "Line 3 of {path} is not UTF-8 text."),
        ("#" * 100_000, "The configuration file {path} is too large."),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "homelab-assistant.toml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InputInvalid) as raised:
        read(path, must_exist=True)
    assert str(raised.value).startswith(said.format(path=path))
    assert "abc" not in str(raised.value)


def test_a_token_goes_where_the_file_says_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    (tmp_path / "token").chmod(0o644)
    path = tmp_path / "homelab-assistant.toml"
    path.write_text(f"[ollama]\nurl = 'http://hub:11434'\ntoken_file = '{tmp_path}/token'\n")
    config = read(path, must_exist=True)
    assert config.tokens == {"http://hub:11434": "s3cret"}
    assert config.warnings == (f"Others can read the token file {tmp_path}/token; run chmod 600 {tmp_path}/token.",)
    assert "s3cret" not in repr(config)


@pytest.fixture
def readable_secret(secret: Path) -> Path:
    secret.chmod(0o640)
    return secret


async def test_others_who_can_read_a_token_are_warned_of(homelab: Run, configure: Write, readable_secret: Path) -> None:
    configure(f'[ollama]\nurl = "http://127.0.0.1:1"\ntoken_file = "{readable_secret}"\n')
    ended = await homelab("proposals")
    assert (ended.code, ended.out) == (0, "Nothing waits for a yes.\n")
    assert ended.err == f"Warning: Others can read the token file {readable_secret}; run chmod 600 {readable_secret}.\n"


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert read(tmp_path / "none.toml", must_exist=False).options == {}
