"""Files of tools that deploy in ways of their own: they are named, and never edited."""

import re

_TOOLS = {
    "Docker Compose": re.compile(r"(^|/)(docker-)?compose([.-][^/]*)?\.ya?ml$"),
    "Helmfile": re.compile(r"(^|/)helmfile([.-][^/]*)?\.ya?ml(\.gotmpl)?$|(^|/)helmfile\.d/"),
    "Ansible": re.compile(
        r"(^|/)(ansible|playbooks?|group_vars|host_vars|roles/[^/]+/(tasks|handlers|vars|defaults))/"
    ),
    "Jsonnet": re.compile(r"\.(jsonnet|libsonnet)$"),
    "Fleet": re.compile(r"(^|/)fleet\.ya?ml$"),
    "Nix": re.compile(r"\.nix$"),
}

_BY_TERRAFORM = re.compile(
    rb'(?m)^\s*resource\s+"(helm_release|kubernetes_(deployment|stateful_?set|daemon_?set|cron_job|job|pod)(_v1)?)"'
)


def left_to_others(path: str, data: bytes) -> str:
    """Why a file is another tool's; empty for one that we may understand."""
    if path.endswith(".tf") and _BY_TERRAFORM.search(data):
        return "has Terraform run workloads, which I leave to a person"
    tool = next((name for name, pattern in _TOOLS.items() if pattern.search(path)), "")
    return f"belongs to {tool}, which I do not understand" if tool else ""
