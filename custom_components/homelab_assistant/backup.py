"""Home Assistant's backups: they copy the journal, then its write-ahead log, and the two have to fit together."""

from homeassistant.core import HomeAssistant

from .assistant_core.errors import JournalFailed
from .assistant_core.logs import EventLog
from .household import HOUSEHOLD

_EVENTS = EventLog(__name__)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Have the journal hold still; one that cannot keeps nobody from a backup of everything else."""
    if office := hass.data[HOUSEHOLD].office:
        try:
            await office.async_hold_still()
        except JournalFailed as error:
            _EVENTS.warning("backup-unsure", "The backup may lack the latest changes and findings: %s", error)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Have it go on."""
    if office := hass.data[HOUSEHOLD].office:
        try:
            await office.async_go_on()
        except JournalFailed as error:
            _EVENTS.warning("backup-log-grows", "The log of the journal grows until the next start: %s", error)
