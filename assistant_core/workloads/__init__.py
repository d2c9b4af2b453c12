"""What runs in a cluster, read from its objects: everything here takes an object as the API serves it.

An object that is not what it should be raises one of the errors that `Reflector` counts as unreadable.
"""

from .claims import claim_from
from .jobs import cron_job_from, job_from
from .nodes import node_from
from .pods import pod_from
from .warnings import warning_from
from .workloads import workload_from

__all__ = ["claim_from", "cron_job_from", "job_from", "node_from", "pod_from", "warning_from", "workload_from"]
