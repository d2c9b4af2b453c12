"""What a household keeps for itself: no change touches it, whoever asks and whoever says yes."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from demo.github import GitHubSimulator
from tests.component.conftest import Act

PATH = "apps/media/jellyfin/jellyfin.yaml"


@pytest.mark.parametrize(
    ("alone", "said"),
    [
        ({"namespaces": ["media"]}, "'namespaces' .*Nothing in the namespace media may be changed."),
        ({"paths": ["apps/media"]}, rf"'paths' .*\({PATH}\): The household denies changes of this path."),
        ({"paths": ["**/jellyfin.yaml"]}, rf"'paths' .*\({PATH}\)"),
    ],
)
async def test_what_is_left_alone_is_never_proposed(choose: Any, act: Act, alone: dict[str, Any], said: str) -> None:
    await choose(left_alone=alone)
    with pytest.raises(HomeAssistantError, match=said):
        await act("propose_change", name="jellyfin", replicas=3)
    assert (await act("list_changes"))["changes"] == []
    assert (await act("propose_change", name="homepage", replicas=3))["hash"]


async def test_what_was_proposed_before_is_left_alone_too(choose: Any, act: Act, github: GitHubSimulator) -> None:
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    await choose(left_alone={"paths": ["apps/**"]})

    with pytest.raises(HomeAssistantError, match="The household denies changes of this path"):
        await act("approve_change", hash=proposed["hash"])
    assert github.hub.pulls == []


async def test_what_is_left_alone_is_checked_where_it_is_typed(hass: HomeAssistant, repository: ConfigEntry) -> None:
    options = hass.config_entries.options
    form = await options.async_init(repository.entry_id)

    async def fill_in(**alone: list[str]) -> Any:
        given = {"approval": {}, "telling": {}, "limits": {}, "left_alone": alone}
        return await options.async_configure(form["flow_id"], given)

    for name in ("Media", "my media", "media.*", "-media", "m" * 64):
        shown = await fill_in(namespaces=["media", name])
        assert shown["errors"] == {"base": "no_namespace"}
        assert shown["description_placeholders"]["text"] == name
    for path in ("/apps/**", "apps//web", "../apps", "./apps", "apps\\web", "/"):
        shown = await fill_in(paths=["apps", path])
        assert shown["errors"] == {"base": "no_path"}
        assert shown["description_placeholders"]["text"] == path

    assert (await fill_in(namespaces=[" media ", ""], paths=[" terraform/", " "]))["type"] == "create_entry"
    await hass.async_block_till_done()
    assert repository.options["left_alone"] == {"namespaces": ["media"], "paths": ["terraform/"]}
