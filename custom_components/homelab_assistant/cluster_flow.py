"""The config flow of a cluster: a kubeconfig in three ways, an address and a token, or the cluster we run in."""

from collections.abc import Mapping
import os
from typing import TYPE_CHECKING, Any, override

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
import probatio

from .assistant_core.errors import HomelabError
from .checks import CheckFailed
from .const import CONF_CONTEXT, CONF_KIND, CONF_KUBECONFIG, CONF_KUBECONFIG_FILE, CONF_TOKEN_FILE, Kind
from .forms import CLUSTER_FORMS, CONF_UPLOAD
from .service_flow import ServiceFlow

if TYPE_CHECKING:
    from .assistant_core.kube import ClusterReport

LARGEST_KUBECONFIG = 1024 * 1024  # bytes


class ClusterFlow(ServiceFlow):
    """Asks how a cluster is reached, and shows what our account may see there."""

    _pending: Mapping[str, Any]
    _choices: tuple[str, ...] = ()

    async def async_step_cluster(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the cluster shall be reached."""
        within = "KUBERNETES_SERVICE_HOST" in os.environ
        return self.async_show_menu(
            step_id="cluster", menu_options=[form for form in CLUSTER_FORMS if within or form != "in_cluster"]
        )

    async def async_step_upload(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the file of a kubeconfig."""
        return await self._async_connect("upload", user_input)

    async def async_step_kubeconfig(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the text of a kubeconfig."""
        return await self._async_connect("kubeconfig", user_input)

    async def async_step_path(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where on this machine a kubeconfig lies."""
        return await self._async_connect("path", user_input)

    async def async_step_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of the API server and a token."""
        return await self._async_connect("server", user_input)

    async def async_step_in_cluster(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what the cluster that we run in is called."""
        return await self._async_connect("in_cluster", user_input)

    @override
    async def _async_examine(self, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Test a cluster, with the context that is meant when there are several. Raises CheckFailed."""
        if data[CONF_KIND] != Kind.CLUSTER:
            return await super()._async_examine(data)
        if CONF_URL in data and not {CONF_TOKEN, CONF_TOKEN_FILE} & data.keys():
            raise CheckFailed(CONF_TOKEN, "token_missing", {})
        data = await self.hass.async_add_executor_job(_with_uploaded, self.hass, data)
        try:
            names = await self.hass.async_add_executor_job(_contexts, data)
        except HomelabError as error:
            raise CheckFailed("base", error.exact_key, error.placeholders) from error
        if len(names) > 1 and data.get(CONF_CONTEXT) not in names:
            self._pending, self._choices = data, names
            return await self.async_step_context()
        return await super()._async_examine(data)

    async def async_step_context(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of a kubeconfig's contexts is meant."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                return await self._async_examine({**self._pending, **user_input})
            except CheckFailed as failure:
                errors, placeholders = {"base": failure.key}, failure.placeholders
        choice = SelectSelector(SelectSelectorConfig(options=list(self._choices), mode=SelectSelectorMode.LIST))
        return self.async_show_form(
            step_id="context",
            data_schema=probatio.Schema({probatio.Required(CONF_CONTEXT, default=self._choices[0]): choice}),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_cluster_found(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what the account may see, before it is saved."""
        checked = self._found
        assert checked.report is not None  # noqa: S101 - a cluster has one
        return self.async_show_menu(
            step_id="cluster_found",
            menu_options=["save_cluster", "look_again", *(["rights"] if checked.report.missing else [])],
            description_placeholders={
                "found": await self._async_say(checked.note, *checked.warnings),
                "table": _table(checked.report),
            },
        )

    async def async_step_save_cluster(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Save it."""
        return self._create()

    async def async_step_look_again(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look again, after something was changed in the cluster."""
        try:
            return await self._async_examine(self._found.data)
        except CheckFailed as failure:
            return self.async_show_form(
                step_id="look_again", errors={"base": failure.key}, description_placeholders=failure.placeholders
            )

    async def async_step_rights(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the manifest that gives our account what it lacks, to be applied by Git."""
        if user_input is not None:
            return await self.async_step_look_again()
        from .assistant_core.kube import rbac_manifest  # noqa: PLC0415 - this flow is loaded for hubs as well

        return self.async_show_form(step_id="rights", description_placeholders={"manifest": rbac_manifest()})


def _with_uploaded(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """An uploaded kubeconfig becomes its text. Raises CheckFailed."""
    if CONF_UPLOAD not in data:
        return dict(data)
    try:
        with process_uploaded_file(hass, data[CONF_UPLOAD]) as path, path.open("rb") as file:
            text = file.read(LARGEST_KUBECONFIG).decode()
    except (OSError, ValueError) as error:
        raise CheckFailed(CONF_UPLOAD, "upload_unreadable", {}) from error
    return {**{name: value for name, value in data.items() if name != CONF_UPLOAD}, CONF_KUBECONFIG: text}


def _contexts(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The contexts of the kubeconfig, if there is one. Raises InputInvalid."""
    from .assistant_core.kube.kubeconfig import contexts, read  # noqa: PLC0415 - as above

    if CONF_KUBECONFIG in data:
        return contexts(data[CONF_KUBECONFIG])
    return contexts(read(data[CONF_KUBECONFIG_FILE])) if CONF_KUBECONFIG_FILE in data else ()


def _table(report: ClusterReport) -> str:
    """What is installed and which verbs we have, as Markdown; the marks come first, where a phone shows them."""
    from .assistant_core.kube.resource import READ_VERBS  # noqa: PLC0415 - as above

    lines = [f"| {' | '.join(READ_VERBS)} | |", f"|{'---|' * len(READ_VERBS)}---|"]
    for each in report.resources:
        marks = [("✓" if verb in each.verbs else "✗") if each.installed else "-" for verb in READ_VERBS]
        lines.append(f"| {' | '.join(marks)} | {each.resource} |")
    return "\n".join(lines)
