"""Every control, one per file; the order is the order in which violations are told."""

from ..control import ChangeControl, ObjectControl, PodControl, TerraformControl
from . import (
    app_armor,
    capabilities,
    capabilities_dropped,
    cluster_admin,
    custom_resource_definitions,
    deliveries,
    host_namespaces,
    host_path,
    host_ports,
    host_probes,
    host_process,
    images,
    kustomizations,
    namespace_levels,
    namespaces,
    nested_documents,
    persistent_volumes,
    plaintext_secrets,
    ports,
    privilege_escalation,
    privileged,
    proc_mount,
    quantities,
    rbac_escalation,
    rbac_wildcards,
    risky_values,
    root_values,
    run_as_non_root,
    run_as_user,
    schema,
    se_linux,
    seccomp,
    seccomp_required,
    secret_values,
    selectors,
    sysctls,
    terraform_provisioners,
    terraform_secrets,
    terraform_sources,
    unjudged,
    unknown_kind,
    volume_types,
    webhooks,
)

POD_CONTROLS: tuple[PodControl, ...] = (
    host_process.CONTROL,
    host_namespaces.CONTROL,
    privileged.CONTROL,
    capabilities.CONTROL,
    host_path.CONTROL,
    host_ports.CONTROL,
    host_probes.CONTROL,
    app_armor.CONTROL,
    se_linux.CONTROL,
    proc_mount.CONTROL,
    seccomp.CONTROL,
    sysctls.CONTROL,
    volume_types.CONTROL,
    privilege_escalation.CONTROL,
    run_as_non_root.CONTROL,
    run_as_user.CONTROL,
    seccomp_required.CONTROL,
    capabilities_dropped.CONTROL,
)
"""The Pod Security Standards as of Kubernetes 1.37, baseline before restricted."""

OBJECT_CONTROLS: tuple[ObjectControl, ...] = (
    schema.CONTROL,
    unknown_kind.CONTROL,
    selectors.CONTROL,
    ports.CONTROL,
    quantities.CONTROL,
    images.CONTROL,
    plaintext_secrets.CONTROL,
    secret_values.CONTROL,
    nested_documents.CONTROL,
    risky_values.CONTROL,
    root_values.CONTROL,
    cluster_admin.CONTROL,
    rbac_escalation.CONTROL,
    rbac_wildcards.CONTROL,
    webhooks.CONTROL,
    custom_resource_definitions.CONTROL,
    persistent_volumes.CONTROL,
    namespace_levels.CONTROL,
    unjudged.CONTROL,
)

CHANGE_CONTROLS: tuple[ChangeControl, ...] = (namespaces.CONTROL, deliveries.CONTROL, kustomizations.CONTROL)

TERRAFORM_CONTROLS: tuple[TerraformControl, ...] = (
    terraform_provisioners.CONTROL,
    terraform_sources.CONTROL,
    terraform_secrets.CONTROL,
)

RULES = tuple(
    sorted(
        {each.rule for each in POD_CONTROLS}
        | {each.rule for each in OBJECT_CONTROLS}
        | {each.rule for each in TERRAFORM_CONTROLS}
    )
)
"""The rules that a file alone can break."""
