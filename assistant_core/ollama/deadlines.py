"""How long each phase of an exchange may take."""

from typing import NamedTuple


class Deadlines(NamedTuple):
    """Limits in seconds.

    Ollama sends nothing, not even a status, before its first token: `first_byte` covers reading the prompt,
    `first_byte_loading` loading the model as well. While it is silent it is asked every `probe` seconds whether it is
    still there. `gap` is between two chunks of an answer, `pull_gap` between two reports of a pull (checking a layer of
    many gigabytes is one long silence), `total` for a whole chat, `answer` for everything else. `pause` precedes the
    one retry.
    """

    connect: float = 3
    pause: float = 0.5
    answer: float = 10
    first_byte: float = 20
    first_byte_loading: float = 90
    probe: float = 2
    gap: float = 15
    pull_gap: float = 180
    total: float = 120


DEADLINES = Deadlines()
