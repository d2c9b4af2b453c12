"""Files of tools that deploy in ways of their own: they are named, and never edited."""

import re

_TOOLS = {
    "Docker Compose": re.compile(r"(^|/)(docker-)?compose([.-][^/]*)?\.ya?ml$"),
    "Helmfile": re.compile(r"(^|/)helmfile([.-][^/]*)?\.ya?ml(\.gotmpl)?$|(^|/)helmfile\.d/"),
    "Ansible": re.compile(
        r"(^|/)(ansible|playbooks?|group_vars|host_vars|roles/[^/]+/(tasks|handlers|vars|defaults))/"
    ),
    "Nix": re.compile(r"\.nix$"),
}


def tool_of(path: str) -> str:
    """The tool that a file belongs to; empty for one that we may understand."""
    return next((name for name, pattern in _TOOLS.items() if pattern.search(path)), "")
