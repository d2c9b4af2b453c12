"""Credentials from a program that a kubeconfig names (client.authentication.k8s.io, as kubectl runs it).

kubernetes_asyncio would run it too, but without a deadline, and would log what the program says of its failure.
"""

import base64
import json
import os
import subprocess
from typing import Any

import orjson

from ..errors import InputInvalid

SECONDS = 30


def sign_in(plugin: Any, *, directory: str) -> dict[str, str]:
    """Run the program; the `user` of a kubeconfig with what it answered. Blocks up to 30 s. Raises InputInvalid.

    A relative path is looked for where the kubeconfig lies, a bare name in PATH.
    """
    match plugin:
        case {"command": str(command), "apiVersion": str(version)}:
            arguments = plugin.get("args")
        case _:
            raise InputInvalid("The kubeconfig's sign-in program (exec) lacks its command or apiVersion.")
    request = {"apiVersion": version, "kind": "ExecCredential", "spec": {"interactive": False}}
    program = os.path.join(directory, command) if os.sep in command else command  # noqa: PTH118 - a bare name is no path
    try:
        done = subprocess.run(  # noqa: S603 - the kubeconfig of this machine names it, as for kubectl
            [program, *(map(str, arguments) if isinstance(arguments, list) else ())],
            env=os.environ | _environment(plugin.get("env")) | {"KUBERNETES_EXEC_INFO": json.dumps(request)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        answer = orjson.loads(done.stdout)
    except FileNotFoundError as error:
        raise InputInvalid(f"The kubeconfig signs in with {command}, which is not installed here.") from error
    except subprocess.TimeoutExpired:
        raise InputInvalid(f"The sign-in program {command} did not end within {SECONDS} seconds.") from None
    except OSError, subprocess.CalledProcessError, orjson.JSONDecodeError:
        raise InputInvalid(f"The sign-in program {command} failed; run kubectl once to see why.") from None
    return _user(answer, command)


def _environment(variables: Any) -> dict[str, str]:
    pairs = [pair for pair in variables if isinstance(pair, dict)] if isinstance(variables, list) else []
    return {str(pair.get("name")): str(pair.get("value")) for pair in pairs}


def _user(answer: Any, command: str) -> dict[str, str]:
    match answer:
        case {"status": {"token": str(token)}} if token:
            return {"token": token}
        case {"status": {"clientCertificateData": str(certificate), "clientKeyData": str(key)}}:
            return {"client-certificate-data": _encoded(certificate), "client-key-data": _encoded(key)}
    raise InputInvalid(f"The sign-in program {command} gave neither a token nor a certificate.")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
