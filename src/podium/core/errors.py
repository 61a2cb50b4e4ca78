"""Every error that Podium raises on purpose.

::

    PodiumError
    ├── ConfigError            a manifest, policy, prompt or setting is wrong
    │   ├── ProjectNotFound    no project in the folder
    │   ├── UnknownName        a model, role, tool, graph or collection nobody declared
    │   └── NoCheckpointer     a graph that nothing stores would have to wait or to act
    ├── InputError             a request that cannot be taken as it is
    │   └── ThreadEmbedded     a thread that only the graph around it can go on with
    ├── NotFound               a thread, run, checkpoint or effect that is not stored
    ├── Conflict               what is there already stands in the way
    ├── NotAuthenticated       nobody knows who asks
    │   ├── TokenInvalid       a token that is not to be trusted
    │   ├── CredentialExpired  a key or token that counted once
    │   └── TokenKeysUnavailable  what tokens are known by cannot be had
    ├── NotAllowed             the caller may not do this
    ├── OutboundRefused        a name that leads inside a network
    ├── TooLarge               a request beyond the size that is taken
    ├── Overloaded             more waits than is taken on; ask again later
    │   └── RateLimited        one caller asks too often
    ├── StorageError           the database or a folder cannot be used
    │   ├── NotADatabase       the file is something else, or damaged
    │   ├── NewerSchema        written by a later Podium
    │   ├── DiskFull           no space left; nothing was acknowledged
    │   ├── ReadOnly           the folder or file may not be written
    │   ├── EncryptionKeyMissing  what is stored is encrypted, and there is no key
    │   ├── EncryptionKeyWrong  what is stored is encrypted with another key
    │   ├── Undecipherable     an encrypted value was changed or moved
    │   └── DatabaseBusy       another process holds the database too long
    ├── AddressUnusable        where the server cannot listen
    ├── ThreadBusy             another run is active on the thread
    ├── ThreadInterrupted      the thread waits for a person's answer
    ├── GraphChanged           the graph lacks what a waiting thread relies on
    ├── LeaseLost              another process took the thread over
    ├── ChainBroken            the audit chain is not as it was written
    ├── NotDelivered           a channel did not take a notification
    ├── KnowledgeError         a document or index cannot be read or written
    │   └── SourceError        a source beside the documents failed
    │       └── SourceUnavailable  it may work again in a moment
    ├── GuardrailError         a validator is unknown or breaks its contract
    ├── AgentError             an agent breaks its contract
    │   └── AgentUnavailable   a specialist failed or was too slow; the others go on
    ├── ModelError             a chat model cannot answer
    │   ├── ModelAuthError     the key is missing or refused
    │   ├── ModelTimeout       no answer in time
    │   ├── ModelUnavailable   too busy, failing or unreachable
    │   ├── ModelContextError  the call does not fit into the model's window
    │   ├── ModelRefused       the model declined
    │   ├── ModelBudgetError   what the turn may spend is spent
    │   └── ModelOutputError   the reply does not fit the output contract
    ├── ActionError            a tool refuses or fails
    │   ├── ActionCrashed      a tool raised what is no refusal
    │   ├── ActionTimeout      a tool did not return in time
    │   ├── ActionOutputError  a result that cannot be stored
    │   ├── ActionUnavailable  a tool that broke too often is left alone for a while
    │   └── GrantError         an approval that does not cover the envelope
    │       ├── ConsentRepeated  a second approval by one person, where others have to approve
    │       └── ConsentUnclear   an approval of which nobody knows whose it was
    ├── EvalError              an evaluation cannot be made
    │   ├── FigureError        a figure that does not exist: no values, or one that is no number
    │   ├── ScorerError        a scorer is set wrongly, or gives what is no score
    │   └── NotRecorded        a replay asks what was not asked when it was recorded
    ├── IllegalMove            a move the effect ledger does not allow
    └── BudgetExceeded         a run reached one of its limits
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from podium.core.usage import Usage


class PodiumError(Exception):
    """Base of all errors.

    Attributes:
        code: Stable identifier for programs.
        hint: What to do next, in one sentence; may be empty.
        exit_code: What the command line exits with.
    """

    code: ClassVar[str] = "podium_error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message

    def as_dict(self) -> dict[str, str]:
        """The error as one JSON object."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class ConfigError(PodiumError):
    """A manifest, policy, prompt or setting is wrong."""

    code = "config_invalid"
    exit_code = 2


class ProjectNotFound(ConfigError):
    """There is no project in the folder."""

    code = "project_not_found"


class UnknownName(ConfigError):
    """A model, role, tool, graph or collection that nobody declared."""

    code = "unknown_name"


class NoCheckpointer(ConfigError):
    """A graph that nothing stores would have to wait for a person, or to act."""

    code = "no_checkpointer"


class InputError(PodiumError):
    """A request that cannot be taken as it is."""

    code = "input_invalid"
    exit_code = 2


class ThreadEmbedded(InputError):
    """A thread that runs inside another graph, which alone can go on with it."""

    code = "thread_embedded"


class NotFound(PodiumError):
    """A thread, run, checkpoint or effect that is not stored."""

    code = "not_found"
    exit_code = 2


class Conflict(PodiumError):
    """What is there already stands in the way."""

    code = "conflict"
    exit_code = 2


class NotAuthenticated(PodiumError):
    """Nobody knows who asks: no key, or one that does not count."""

    code = "not_authenticated"
    exit_code = 2


class TokenInvalid(NotAuthenticated):
    """A token that is none, is not for us, or that nobody we trust has signed."""

    code = "token_invalid"


class CredentialExpired(NotAuthenticated):
    """A key or a token that counted once."""

    code = "expired"


class TokenKeysUnavailable(NotAuthenticated):
    """The keys by which tokens are known cannot be had."""

    code = "token_keys_unavailable"


class NotAllowed(PodiumError):
    """The caller may not do this."""

    code = "not_allowed"
    exit_code = 2


class OutboundRefused(PodiumError):
    """A name that leads where no connection is made to."""

    code = "outbound_refused"


class TooLarge(PodiumError):
    """A request beyond the size that is taken."""

    code = "too_large"
    exit_code = 2


class Overloaded(PodiumError):
    """More waits than is taken on.

    Attributes:
        retry_after: Seconds after which asking again may help.
    """

    code = "overloaded"

    def __init__(self, message: str, *, hint: str = "", retry_after: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class RateLimited(Overloaded):
    """One caller asks too often."""

    code = "rate_limited"


class StorageError(PodiumError):
    """The database or a folder cannot be used."""

    code = "storage_error"


class NotADatabase(StorageError):
    """The file is something else, or damaged."""

    code = "not_a_database"


class NewerSchema(StorageError):
    """The database was written by a later Podium."""

    code = "newer_schema"


class DiskFull(StorageError):
    """No space is left; nothing was acknowledged."""

    code = "disk_full"


class ReadOnly(StorageError):
    """The folder or file may not be written."""

    code = "read_only"


class EncryptionKeyMissing(StorageError):
    """What is stored is encrypted, and no key is configured."""

    code = "encryption_key_missing"
    exit_code = 2


class EncryptionKeyWrong(StorageError):
    """What is stored is encrypted with a key that is not configured."""

    code = "encryption_key_wrong"
    exit_code = 2


class Undecipherable(StorageError):
    """An encrypted value that was changed, or moved to another place."""

    code = "undecipherable"


class DatabaseBusy(StorageError):
    """Another process holds the database too long."""

    code = "database_busy"


class AddressUnusable(PodiumError):
    """The server cannot listen where it is told to."""

    code = "address_unusable"


class ThreadBusy(PodiumError):
    """Another run is active on the thread."""

    code = "thread_busy"


class ThreadInterrupted(PodiumError):
    """The thread waits for a person's answer."""

    code = "thread_interrupted"
    exit_code = 3


class GraphChanged(PodiumError):
    """The graph or a tool lacks what a waiting thread relies on."""

    code = "graph_changed"


class LeaseLost(PodiumError):
    """Another process took the thread over."""

    code = "lease_lost"


class ChainBroken(PodiumError):
    """The audit chain is not as it was written."""

    code = "chain_broken"


class NotDelivered(PodiumError):
    """A channel did not take a notification.

    Attributes:
        retryable: Whether a later attempt may get through.
        wait: Seconds for which the other side asked to be left alone; 0 where it did not.
    """

    code = "not_delivered"

    def __init__(self, message: str, *, hint: str = "", retryable: bool = True, wait: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.retryable, self.wait = retryable, wait


class KnowledgeError(PodiumError):
    """A document or the index cannot be read or written."""

    code = "knowledge_error"


class SourceError(KnowledgeError):
    """A source beside the documents failed, or gave what cannot be used."""

    code = "source_failed"


class SourceUnavailable(SourceError):
    """A source cannot be reached, is too slow or too busy; it may work again in a moment."""

    code = "source_unavailable"


class GuardrailError(PodiumError):
    """A validator is unknown or breaks its contract."""

    code = "guardrail_error"


class AgentError(PodiumError):
    """An agent breaks its contract."""

    code = "agent_error"


class AgentUnavailable(AgentError):
    """A specialist failed or was too slow; the others go on."""

    code = "agent_unavailable"


class ModelError(PodiumError):
    """A chat model cannot answer.

    Attributes:
        usage: What was spent before it was given up; None where nothing was counted.
    """

    code = "model_error"

    def __init__(self, message: str, *, hint: str = "", usage: Usage | None = None) -> None:
        super().__init__(message, hint=hint)
        self.usage = usage


class ModelAuthError(ModelError):
    """The model's key is missing or refused."""

    code = "model_auth"


class ModelTimeout(ModelError):
    """The model did not answer in time."""

    code = "model_timeout"


class ModelUnavailable(ModelError):
    """The model is too busy, fails, or cannot be reached."""

    code = "model_unavailable"


class ModelContextError(ModelError):
    """The call does not fit into the model's window."""

    code = "model_context"


class ModelRefused(ModelError):
    """The model declined to answer."""

    code = "model_refused"


class ModelBudgetError(ModelError):
    """What the turn may spend on models is spent; the model was not asked."""

    code = "model_budget"


class ModelOutputError(ModelError):
    """The model's reply does not fit the output contract."""

    code = "model_output"


class ActionError(PodiumError):
    """A tool refuses or fails."""

    code = "action_failed"


class ActionCrashed(ActionError):
    """A tool raised something that it did not mean as a refusal."""

    code = "action_crashed"


class ActionTimeout(ActionError):
    """A tool did not return in time."""

    code = "action_timeout"


class ActionOutputError(ActionError):
    """A tool returned something that cannot be stored."""

    code = "action_output"


class ActionUnavailable(ActionError):
    """A tool that broke too often and is left alone for a while; it was not called."""

    code = "action_unavailable"


class GrantError(ActionError):
    """An approval that does not cover the envelope."""

    code = "grant_invalid"


class ConsentRepeated(GrantError):
    """A second approval by one person, where several people have to approve."""

    code = "consent_repeated"


class ConsentUnclear(GrantError):
    """An approval of which nobody knows any more whose it was, where several people have to approve."""

    code = "consent_unclear"


class EvalError(PodiumError):
    """An evaluation cannot be made."""

    code = "eval_failed"


class FigureError(EvalError):
    """A figure that does not exist: there are no values, or one of them is no finite number."""

    code = "figure_undefined"


class ScorerError(EvalError):
    """A scorer is set wrongly, or gives what is no score."""

    code = "scorer_failed"


class NotRecorded(EvalError):
    """A replay asks a model, a source or a tool what was not asked when the traffic was recorded."""

    code = "not_recorded"


class IllegalMove(PodiumError):
    """A move that the effect ledger does not allow."""

    code = "illegal_move"


class BudgetExceeded(PodiumError):
    """A run reached one of its limits."""

    code = "budget_exceeded"
