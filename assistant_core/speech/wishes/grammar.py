"""Which words may stand in which wish: whatever else is said might change its meaning."""

ALWAYS = frozenset({"filler", "of", "in", "to", "kind", "generic", "name", "namespace", "namespace name"})
QUANTIFIED = frozenset({
    "scale", "set", "give", "cap", "raise", "lower", "add", "plus", "remove", "from", "by", "with", "at", "value",
    "replicas", "cpu", "memory", "storage", "limit", "request", "size", "machine", "container", "unit", "more", "less",
    "another", "one", "half", "quarter", "and_half", "percent", "factor", "times", "as_much",
})  # fmt: skip
VERSIONED = frozenset({
    "update", "set", "give", "raise", "lower", "add", "plus", "from", "at", "with", "image", "version", "chart",
    "container",
})  # fmt: skip
ASSIGNED = frozenset({
    "set", "give", "add", "plus", "update", "unset", "remove", "variable", "value", "from", "with", "image", "chart",
    "container",
})  # fmt: skip
HOSTED = frozenset({"set", "update", "give", "from", "at", "host", "hostname"})
SCHEDULED = frozenset({
    "set", "update", "add", "at", "by", "am", "pm", "oclock", "schedule", "time of day", "command",
})  # fmt: skip
SETTING = frozenset({"set", "raise", "lower", "update", "setting", "value", "variable", "by", "add"})
SWITCHED = frozenset({"set", "drive", "stop", "enable", "disable", "switched on", "switched off", "value", "setting"})
CLASSED = frozenset({"set", "update", "give", "from", "with", "storage", "storage_class"})
NEW = frozenset({
    "filler", "of", "in", "to", "with", "by", "from", "at", "add", "plus", "set", "called",
    "template", "generic", "kind",
    "namespace", "port", "host", "schedule", "storage", "mount", "image", "command", "variable", "size", "unit", "one",
    "number", "time of day", "am", "pm", "oclock",
})  # fmt: skip
PLAIN = (
    ("restart", "restart", frozenset({"restart", "replicas", "container", "set", "drive"})),
    ("suspend", "suspend", frozenset({"suspend", "set"})),
    ("resume", "resume", frozenset({"resume", "restart", "set"})),
    ("stop", "stop", frozenset({"stop", "drive", "set", "lower", "replicas"})),
    ("remove", "remove_app", frozenset({"remove"})),
)
"""Verbs that need nothing but a name, the operations they stand for, and what may be said besides."""
VERBS = frozenset({
    "scale", "set", "give", "cap", "raise", "lower", "restart", "update", "suspend", "resume", "stop", "add", "remove",
})  # fmt: skip
"""What a wish may begin with."""
