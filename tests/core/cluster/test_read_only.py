"""What is ever asked of a cluster: to get, to list and to watch what the documented role allows, and nothing else."""

import re

from assistant_core.kube import Cluster, examine
from assistant_core.kube.resource import AUTOSCALERS, READ
from demo.faults import FaultProxy
from demo.kubernetes import READER, READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account

from .conftest import Watching

ABSENT = "/homelab-assistant-looks-for-nothing"
DISCOVERY = re.compile(r"/version|/api/v1|/apis/[^/]+/[^/]+")


async def test_nothing_but_get_list_and_watch_is_asked_and_only_of_what_the_role_allows(
    watching: Watching, cluster: Cluster, proxy: FaultProxy, kubernetes: KubernetesSimulator
) -> None:
    rules = tuple(f"{verb} {resource}" for resource in READ for verb in ("get", "list", "watch"))
    kubernetes.server.accounts = {READER_TOKEN: Account(READER.user, allowed=rules)}
    report = await examine(cluster)
    assert report.missing == ()
    async with watching() as heard:
        await heard.watch.wait_synced()
        await heard.until(lambda: {each.state for each in heard.watch.health} == {"watching"})
        assert heard.watch.denied == ()
        watched = {each.resource for each in heard.watch.health}
    watched.add(str(AUTOSCALERS))  # listed when a change of replicas is planned
    assert watched == {str(resource) for resource in READ}, "the role allows what is read, and no more"
    for seen in proxy.seen:
        path = seen.path.partition("?")[0]
        asked = path.endswith(ABSENT) or any(path == each.everywhere for each in READ)
        assert seen.method == "GET"
        assert asked or DISCOVERY.fullmatch(path), path
