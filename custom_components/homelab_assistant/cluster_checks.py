"""The tests a cluster must pass before its entry is saved."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .assistant_core.kube import ClusterReport, connect, examine
from .assistant_core.kube.resource import RESULTS
from .checks import Checked, Remark, blaming
from .cluster_clients import cluster_config
from .const import DEFAULT_CLUSTER_NAME, Kind


async def async_check(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    """Connect to the cluster that an entry describes. Raises CheckFailed."""
    data = {CONF_NAME: DEFAULT_CLUSTER_NAME, **data}
    with blaming("base"):
        config = cluster_config(data)
        cluster = await connect(async_get_clientsession(hass), config)
        report = await examine(cluster)
    return Checked(
        title=data[CONF_NAME],
        unique_id=f"{Kind.CLUSTER}_{cluster.server}",
        data=data,
        note=Remark(key="cluster", placeholders={"version": report.version}),
        warnings=tuple(_doubts_about_cluster(report)),
        report=report,
    )


def _doubts_about_cluster(report: ClusterReport) -> Iterator[Remark]:
    if not report.installed(RESULTS):
        yield Remark(key="no_k8sgpt")
    if report.missing:
        yield Remark(key="missing_rights", placeholders={"rights": ", ".join(report.missing)})
