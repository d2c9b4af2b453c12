"""Who may do what at the simulated API server: bearer tokens and a small RBAC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from .kubernetes_objects import Refused
from .kubernetes_wire import Target

READ = ("get *", "list *", "watch *")
EVERYTHING = ("* *",)


@dataclass(frozen=True)
class Account:
    """A user and what it may do: patterns of `verb resource`, such as `list results.core.k8sgpt.ai`.

    What is `allowed` is so in the whole cluster, as by a ClusterRoleBinding, what `roles` allow in one namespace.
    """

    user: str
    allowed: tuple[str, ...] = READ
    denied: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def may(self, verb: str, resource: str, namespace: str | None = None) -> bool:
        """Whether a request is allowed."""
        wish = f"{verb} {resource}"
        rules = (*self.allowed, *self.roles.get(namespace or "", ()))
        return any(fnmatchcase(wish, rule) for rule in rules) and not any(
            fnmatchcase(wish, rule) for rule in self.denied
        )


def authenticate(accounts: dict[str, Account], authorization: str | None) -> Account:
    """The account of a request's token; raises Refused 401."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and token in accounts:
        return accounts[token]
    raise Refused(401, "Unauthorized", "Unauthorized")


def authorize(account: Account, verb: str, target: Target) -> None:
    """Raise Refused 403 where the account may not."""
    plural = f"{target.plural}/{target.subresource}" if target.subresource else target.plural
    resource = f"{target.plural}.{target.group}" if target.group else target.plural
    if account.may(verb, resource, target.namespace):
        return
    named = f' "{target.name}"' if target.name else ""
    scope = f'in the namespace "{target.namespace}"' if target.namespace else "at the cluster scope"
    about = {"name": target.name, "group": target.group, "kind": target.plural}
    raise Refused(
        403,
        "Forbidden",
        f'{resource}{named} is forbidden: User "{account.user}" cannot {verb} resource "{plural}" '
        f'in API group "{target.group}" {scope}',
        details={key: value for key, value in about.items() if value},
    )
