"""Finds the exporter whose text this is."""

from ..errors import ResponseInvalid, ServiceFailed
from ..models.gpu import GpuHealth
from . import dcgm, nvidia, windows

EXPORTERS = (nvidia.read, dcgm.read, windows.read)


def parse(text: str, *, source: str = "This text") -> tuple[GpuHealth, ...]:
    """Every card that the text describes, in its order; `source` begins the sentence of an error.

    Raises ResponseInvalid when it is not the text of an exporter we know, ServiceFailed when that one saw no card.
    """
    try:
        for read in EXPORTERS:
            cards = read(text)
            if cards:
                return cards
            if cards is not None:
                raise ServiceFailed(f"{source} is a GPU exporter that cannot read its cards; see its log.")
    except ValueError as error:
        raise ResponseInvalid(f"{source} is not the text of a GPU exporter: a line is malformed.") from error
    if "\nwindows_exporter_" in text:
        raise ServiceFailed(f"{source} is a windows_exporter without its gpu collector; enable that one.")
    raise ResponseInvalid(f"{source} has no metrics of a GPU; the address of an exporter mostly ends in /metrics.")
