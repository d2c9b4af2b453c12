"""The layout of the journal's file, and how an older one is brought up to date.

`events` has a row per transition of a proposal, with what happened; the latest also has the whole proposal as it is
since. The tables of the second version are those of `ledger`; until the fourth, what is told of a proposal were bare
sentences.
"""

from collections.abc import Mapping, Sequence
import sqlite3

from ..errors import Conflict, JournalFailed
from ..models.change import Happened, Proposal, ProposalState
from .codecs import decode, encode

MIGRATIONS = (
    (
        """
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY,
            recorded TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
            proposal_id TEXT NOT NULL,
            state TEXT NOT NULL,
            proposal BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX events_by_proposal ON events (proposal_id, sequence)",
    ),
    (
        "CREATE TABLE watched_clusters (cluster TEXT PRIMARY KEY) STRICT",
        """
        CREATE TABLE episodes (
            cluster TEXT NOT NULL,
            finding_id TEXT NOT NULL,
            cleared INTEGER NOT NULL,
            changed TEXT NOT NULL,
            episode BLOB NOT NULL,
            PRIMARY KEY (cluster, finding_id)
        ) STRICT
        """,
        """
        CREATE TABLE finding_history (
            sequence INTEGER PRIMARY KEY,
            cluster TEXT NOT NULL,
            at TEXT NOT NULL,
            entry BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX finding_history_by_time ON finding_history (cluster, at)",
        """
        CREATE TABLE silences (
            cluster TEXT NOT NULL,
            kind TEXT NOT NULL,
            about TEXT NOT NULL,
            silence BLOB NOT NULL,
            PRIMARY KEY (cluster, kind, about)
        ) STRICT
        """,
    ),
    ("ALTER TABLE events ADD COLUMN happened BLOB",),
    (
        """
        UPDATE events SET proposal = CAST(json_set(
            CAST(proposal AS TEXT),
            '$.reasons', (SELECT json_group_array(json_object('sentence', value, 'key', '')) FROM json_each(
                CAST(proposal AS TEXT), '$.reasons')),
            '$.checks', (SELECT json_group_array(json_object('sentence', value, 'key', '')) FROM json_each(
                CAST(proposal AS TEXT), '$.checks')),
            '$.notes', (SELECT json_group_array(json_object('sentence', value, 'key', '')) FROM json_each(
                CAST(proposal AS TEXT), '$.notes'))
        ) AS BLOB)
        WHERE json_valid(CAST(proposal AS TEXT))
        """,
    ),
)
"""The statements that lead from each version (`PRAGMA user_version`) to the next."""

_APPEND = "INSERT INTO events (proposal_id, state, proposal, happened) VALUES (?, ?, ?, ?)"
_SEQUENCES = "SELECT proposal_id, max(sequence) FROM events GROUP BY proposal_id ORDER BY min(sequence)"
_SEQUENCE = "SELECT max(sequence) FROM events WHERE proposal_id = ?"
_PROPOSAL = "SELECT proposal FROM events WHERE sequence = ?"
_TWIN = """
    SELECT 1 FROM events
    WHERE proposal_id != ? AND state IN ('approved', 'opening', 'open') AND length(proposal) > 0
    AND json_extract(CAST(proposal AS TEXT), '$.hash') = ?
"""
_EMPTY = "UPDATE events SET proposal = x'' WHERE proposal_id = ? AND length(proposal) > 0"
_HISTORY = "SELECT happened FROM events WHERE proposal_id = ? AND happened IS NOT NULL ORDER BY sequence"
_FORGET = "DELETE FROM events WHERE proposal_id = ?"


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to date, all or nothing. Raises JournalFailed for a file from the future, sqlite3.Error."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise JournalFailed("The journal was written by a newer version of Homelab Assistant. Update to read it.")
    if version == len(MIGRATIONS):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for statement in (statement for step in MIGRATIONS[version:] for statement in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def append(connection: sqlite3.Connection, proposal: Proposal) -> int:
    """Add one event, and drop what the earlier ones held of the proposal; its sequence. Raises sqlite3.Error."""
    event = encode(proposal), encode(proposal.last)
    connection.execute(_EMPTY, (proposal.id,))
    return connection.execute(_APPEND, (proposal.id, proposal.state.value, *event)).lastrowid or 0


def append_after(connection: sqlite3.Connection, proposal: Proposal, known: int | None) -> int:
    """Add one event after the `known` one, None: the first. Raises Conflict, sqlite3.Error."""
    if connection.execute(_SEQUENCE, (proposal.id,)).fetchone()[0] != known:
        raise Conflict("Another program has decided on this change meanwhile.")
    if proposal.state is ProposalState.APPROVED and connection.execute(_TWIN, (proposal.id, proposal.hash)).fetchone():
        raise Conflict("The same change is approved already.")
    return append(connection, proposal)


def news(connection: sqlite3.Connection, known: Mapping[str, int]) -> dict[int, Proposal]:
    """The proposals whose last event is not the `known` one, by its sequence, oldest proposal first.

    They are read as they stand at one moment: another program may write meanwhile. Raises sqlite3.Error, ValueError or
    LookupError (damaged).
    """
    with connection:
        connection.execute("BEGIN")
        changed = [last for each, last in connection.execute(_SEQUENCES).fetchall() if known.get(each) != last]
        return {last: decode(connection.execute(_PROPOSAL, (last,)).fetchone()[0], Proposal) for last in changed}


def history(connection: sqlite3.Connection, proposal_id: str) -> tuple[Happened, ...]:
    """What happened to a proposal, oldest first; raises sqlite3.Error, ValueError or LookupError (damaged)."""
    return tuple(decode(row[0], Happened) for row in connection.execute(_HISTORY, (proposal_id,)))


def forget(connection: sqlite3.Connection, proposal_ids: Sequence[str]) -> None:
    """Drop everything about these proposals; raises sqlite3.Error."""
    connection.executemany(_FORGET, [(each,) for each in proposal_ids])
