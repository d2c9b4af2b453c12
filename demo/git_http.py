"""Git's smart HTTP protocol over a bare repository, spoken by git's own `http-backend`: real packs, real hooks."""

from aiohttp import web

from .github_git import GitStore

UPLOAD = "git-upload-pack"
RECEIVE = "git-receive-pack"


def writes(request: web.Request) -> bool:
    """Whether the request is part of a push."""
    return RECEIVE in (request.query.get("service"), request.path.rpartition("/")[2])


async def answer(request: web.Request, store: GitStore, login: str) -> web.Response:
    """Answer `.../info/refs`, `.../git-upload-pack` or `.../git-receive-pack`; `login` may do what it asks for."""
    tail = "info/refs" if request.path.endswith("/info/refs") else request.path.rpartition("/")[2]
    body = await request.read()
    output = await store.run(
        "http-backend",
        stdin=body,
        GIT_PROJECT_ROOT=str(store.path),
        GIT_HTTP_EXPORT_ALL="1",
        PATH_INFO=f"/{tail}",
        REQUEST_METHOD=request.method,
        QUERY_STRING=request.query_string,
        CONTENT_TYPE=request.headers.get("Content-Type", ""),
        CONTENT_LENGTH=str(len(body)),
        HTTP_CONTENT_ENCODING=request.headers.get("Content-Encoding", ""),
        GIT_PROTOCOL=request.headers.get("Git-Protocol", ""),
        REMOTE_USER=login,
        REMOTE_ADDR="127.0.0.1",
    )
    head, _, data = output.data.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n"))
    status = int(headers.pop("Status", "200").split()[0])
    return web.Response(status=status, headers=headers, body=data)
