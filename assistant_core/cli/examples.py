"""How each command is called, for its help and for the documentation."""

from collections.abc import Mapping

NAME = "homelab-assistant"

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "status": (
        "status --ollama http://hub.home.arpa:11434 --gpu http://hub.home.arpa:9835",
        "status --kubeconfig ~/.kube/config --json",
    ),
    "findings": (
        "findings --kubeconfig ~/.kube/config",
        "findings --watch --json | jq .finding.name",
    ),
    "ask": (
        'ask "what is wrong with my cluster" --kubeconfig ~/.kube/config',
        'ask "was ist mit dem Cluster los" --language de',
    ),
    "check": (
        "check apps/ terraform/",
        "check --level baseline --json deployment.yaml",
        "kubectl kustomize overlays/home | homelab-assistant check -",
    ),
    "index": (
        "index --repo ~/homelab",
        "index --repo anna/homelab --json | jq '.unread[]'",
    ),
    "plan": (
        'plan --repo ~/homelab "scale jellyfin to 3"',
        'plan --repo anna/homelab --json "gib jellyfin 6 Gigabyte Speicher"',
        """plan --repo . --plan '{"operation": "set_image", "name": "jellyfin", "tag": "10.10.6"}'""",
        "plan --schema",
    ),
    "propose": (
        'propose --repo ~/homelab "scale jellyfin to 3"',
        'propose --repo anna/homelab --yes "restart sonarr"',
    ),
    "proposals": ("proposals", "proposals --all --json"),
    "approve": ("approve 3f9c2a71d0be",),
    "reject": ("reject 3f9c2a71d0be",),
    "eval": ("eval", "eval --ollama http://hub.home.arpa:11434 --write-model qwen2.5-coder:7b"),
    "rbac": ("rbac > homelab-assistant.yaml", "rbac --namespace monitoring", "rbac --json"),
}


def lines(command: str) -> tuple[str, ...]:
    """The examples of a command as they are typed; a pipe into it stands as it is."""
    return tuple(each if f"| {NAME}" in each else f"{NAME} {each}" for each in EXAMPLES[command])


def epilog(command: str) -> str:
    """The end of a command's help: each example in a paragraph of its own, as Rich would fill them otherwise."""
    return "\n\n".join(("Examples:", *(f"  {line}" for line in lines(command))))
