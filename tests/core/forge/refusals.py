"""How a forge refuses, as a person reads it."""

from collections.abc import Awaitable

import pytest

from assistant_core.errors import HomelabError


async def refused(asked: Awaitable[object], expected: type[HomelabError], says: str) -> HomelabError:
    """What it raised: exactly that error, in one sentence with those words."""
    with pytest.raises(HomelabError) as caught:
        await asked

    assert type(caught.value) is expected
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value
