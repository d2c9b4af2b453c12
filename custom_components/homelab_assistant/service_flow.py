"""What the config flows of all services share: a form that is shown until the service it describes passes its test."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentryData,
    FlowType,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import Selector
from homeassistant.helpers.typing import UNDEFINED
import probatio

from .checks import Checked, CheckFailed, Remark, check_service
from .const import CONF_CONNECTED, CONF_REPOSITORY, DOMAIN
from .forms import (
    ALWAYS,
    CREDENTIALS,
    EXAMPLES,
    FIELDS,
    REQUIRED,
    SECRETS,
    SECTIONS,
    SUGGESTED,
    filled_in,
    nested,
    remembered,
    without_upload,
)
from .words import async_load_words


class ServiceFlow(ConfigFlow):
    """Shows a form, tests the service, and saves its entry."""

    _checked: Checked | None = None

    async def _async_connect(
        self, form: str, user_input: dict[str, Any] | None, *, step_id: str | None = None
    ) -> ConfigFlowResult:
        """Show a form until the service it describes passes the test, then go on with what was found.

        Another `step_id` than the form's own asks for the credentials only.
        """
        entry = self._existing()
        fields = self._fields(form) if step_id is None else {k: v for k, v in FIELDS[form].items() if k in CREDENTIALS}
        known = {**self._suggested(form), **ALWAYS[form]} if entry is None else dict(entry.data)
        errors: dict[str, str] = {}
        placeholders = {**EXAMPLES, "name": entry.title if entry else ""}
        if user_input is not None:
            try:
                kept = remembered(form, known) if step_id is None else known
                return await self._async_examine(_complete(form, fields, {**kept, **filled_in(user_input)}))
            except CheckFailed as failure:
                errors = {failure.field if failure.field in fields else "base": failure.key}
                placeholders |= failure.placeholders
        sections = SECTIONS.get(form, {}) if step_id is None else {}
        shown = nested({name: value for name, value in known.items() if name not in SECRETS}, sections)
        return self.async_show_form(
            step_id=step_id or form,
            data_schema=self.add_suggested_values_to_schema(
                self._schema(form, fields, sections), shown if user_input is None else without_upload(user_input)
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _fields(self, form: str) -> Mapping[str, Selector[Any]]:
        """What a form asks for."""
        return FIELDS[form]

    def _suggested(self, form: str) -> Mapping[str, Any]:
        """What stands in a form before anything is typed."""
        return SUGGESTED.get(form, {})

    def _schema(
        self, form: str, fields: Mapping[str, Selector[Any]], sections: Mapping[str, Mapping[str, Selector[Any]]]
    ) -> probatio.Schema:
        required = REQUIRED[form] - (SECRETS if self.source == SOURCE_RECONFIGURE else set())
        marked: dict[probatio.Marker, Any] = {
            probatio.Required(name) if name in required else probatio.Optional(name): field
            for name, field in fields.items()
        }
        for name, inner in sections.items():
            schema = probatio.Schema({probatio.Optional(each): field for each, field in inner.items()})
            marked[probatio.Optional(name)] = section(schema, {"collapsed": True})
        return probatio.Schema(marked)

    def _existing(self) -> ConfigEntry | None:
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        return self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None

    async def _async_examine(self, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Test what the entry would be, and go on. Raises CheckFailed."""
        checked = await check_service(self.hass, data)
        entry = self._existing()
        others = [other for other in self._async_current_entries(include_ignore=False) if other is not entry]
        if any(other.unique_id == checked.unique_id for other in others):
            return self.async_abort(reason="already_configured")
        _refuse_taken(checked.data, [other.data for other in others])
        if entry is not None:
            if entry.data == checked.data:  # no change, so no listener reloads it
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
            renamed = checked.title if entry.title == entry.data.get(CONF_NAME) else UNDEFINED
            return self.async_update_and_abort(entry, unique_id=checked.unique_id, title=renamed, data=checked.data)
        await self.async_set_unique_id(checked.unique_id)
        self._checked = checked
        return await self._async_found(checked)

    @abstractmethod
    async def _async_found(self, checked: Checked) -> ConfigFlowResult:
        """Go on with a service that passed its test."""

    def _create(self, subentries: Iterable[ConfigSubentryData] = ()) -> ConfigFlowResult:
        """Save the service that passed."""
        checked = self._found
        return self.async_create_entry(title=checked.title, data=checked.data, subentries=subentries)

    @property
    def _found(self) -> Checked:
        assert self._checked is not None  # noqa: S101 - the steps that use it come after the test
        return self._checked

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Ask at once what comes next."""
        context = ConfigFlowContext(source=SOURCE_USER)
        flow = await self.hass.config_entries.flow.async_init(
            DOMAIN, context=context, data={CONF_CONNECTED: self._found}
        )
        result["next_flow"] = (FlowType.CONFIG_FLOW, flow["flow_id"])
        return result

    async def _async_say(self, *remarks: Remark) -> str:
        """Remarks as paragraphs."""
        words = await async_load_words(self.hass)
        return "\n\n".join(words.remark(remark) for remark in remarks)


def _refuse_taken(data: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> None:
    """Refuse what people could not tell apart from another: they name clusters and repositories, not servers."""
    for field, key, placeholder in (
        (CONF_NAME, "name_taken", "cluster"),
        (CONF_REPOSITORY, "repository_taken", "repository"),
    ):
        name = data.get(field)
        if name is not None and name in {other.get(field) for other in others}:
            raise CheckFailed(field, key, {placeholder: name})


def _complete(form: str, fields: Iterable[str], data: dict[str, Any]) -> dict[str, Any]:
    """The data of a form; raises CheckFailed where something was left out, or only spaces were typed."""
    missing = [name for name in fields if name in REQUIRED[form] - data.keys()]
    if missing:
        raise CheckFailed(missing[0], "required", {})
    return data
