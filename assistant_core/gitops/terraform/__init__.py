"""Virtual machines in Terraform: where their cores, memory and disks are decided.

Kept apart: python-hcl2 is imported only when a plan is about a machine.
"""

from .machines import Machine, Place, has_machines, machines
from .syntax import inserted, spliced

__all__ = ["Machine", "Place", "has_machines", "inserted", "machines", "spliced"]
