"""The prompts of the roles: Markdown with front matter, versioned and hashed.

::

    ---
    version: "1"
    output: Plan
    model: openai:NAME        (optional: the model of this role)
    description: One line.    (optional)
    ---
    The prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from podium.agents.contracts import ROLES, Role
from podium.core.errors import ConfigError, UnknownName
from podium.core.ids import digest_of

OUTPUTS: Mapping[Role, str] = {
    "planner": "Plan",
    "retriever": "Queries",
    "executor": "StepResult",
    "critic": "Critique",
}
"""The output contract of each role, as front matter names it."""

LABEL_HASH = 12
"""Characters of a prompt's hash in its label."""
_FIELDS = ("version", "output", "model", "description")
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a role is told.

    Attributes:
        role: Whose prompt it is.
        version: As its author counts.
        hash: SHA-256 of the whole file: equal prompts have equal hashes.
        text: The instructions.
        output: Name of the output contract.
        model: The model of this role; empty where the manifest decides.
        source: The file it was read from.
        description: One line for people.
        file: The whole file, as it was hashed.
    """

    role: Role
    version: str
    hash: str
    text: str
    output: str
    model: str = ""
    source: str = ""
    description: str = ""
    file: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """Version and start of the hash, as run records name the prompt."""
        return f"{self.version}@{self.hash[:LABEL_HASH]}"


@dataclass(frozen=True, slots=True)
class PromptRegistry:
    """The prompts of a project, one a role."""

    prompts: Mapping[Role, Prompt]

    @classmethod
    def load(cls, folder: Path | None = None) -> PromptRegistry:
        """Read a project's prompts; a role without a file gets the built-in one.

        Args:
            folder: The project's folder of agents; None for the built-in prompts alone.

        Raises:
            UnknownName: A Markdown file is named after no role.
            ConfigError: A prompt is broken; the message names file and line.
        """
        own: dict[Role, Prompt] = {}
        for path in sorted(folder.glob("*.md")) if folder is not None and folder.is_dir() else ():
            if path.stem.lower() == "readme":
                continue
            role = _role_of(path)
            own[role] = parse_prompt(_read(path), role, str(path))
        return cls({role: own.get(role) or builtin_prompt(role) for role in ROLES})

    def get(self, role: Role) -> Prompt:
        """The prompt of a role."""
        return self.prompts[role]


def builtin_prompt(role: Role) -> Prompt:
    """The prompt that comes with Podium."""
    file = resources.files("podium.agents").joinpath("default_prompts", f"{role}.md")
    return parse_prompt(file.read_text(encoding="utf-8"), role, f"builtin/{role}.md")


def parse_prompt(text: str, role: Role, source: str) -> Prompt:
    """The prompt in a file's text.

    Args:
        text: Front matter and Markdown.
        role: Whose prompt it is.
        source: The file, for messages.

    Raises:
        ConfigError: The front matter is broken or the prompt is empty; the message names file and line.
    """
    head, body, body_line = _split(text, source)
    fields = _front_matter(head, source)
    if fields["output"] != OUTPUTS[role]:
        line = _line_of(head, "output")
        raise _broken(source, line, f"output is {fields['output']!r}, the {role}'s is {OUTPUTS[role]!r}")
    if not body.strip():
        raise _broken(source, body_line, "the prompt is empty")
    return Prompt(
        role=role,
        version=fields["version"],
        hash=digest_of(text.encode()),
        text=body.strip(),
        output=fields["output"],
        model=fields.get("model", ""),
        source=source,
        description=fields.get("description", ""),
        file=text,
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise _broken(str(path), line, "it is not UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None


def _role_of(path: Path) -> Role:
    for role in ROLES:
        if path.stem == role:
            return role
    raise UnknownName(
        f"{path}: there is no role {path.stem!r}",
        hint=f"Prompts are named after the roles: {', '.join(ROLES)}.",
    )


def _split(text: str, source: str) -> tuple[list[str], str, int]:
    lines = text.splitlines()
    if not lines or lines[0].strip() != _FENCE:
        raise _broken(source, 1, "it does not begin with front matter between two lines of ---")
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == _FENCE:
            return lines[1:number], "\n".join(lines[number + 1 :]), number + 2
    raise _broken(source, 1, "its front matter is not closed by a line of ---")


def _front_matter(head: list[str], source: str) -> dict[str, str]:
    import yaml

    try:
        data = yaml.safe_load("\n".join(head))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise _broken(source, line, f"the front matter is not valid YAML: {error.problem}") from None
    except yaml.YAMLError:
        raise _broken(source, 2, "the front matter holds a character that YAML does not allow") from None
    if not isinstance(data, dict):
        raise _broken(source, 2, "the front matter is not a list of 'name: value' lines")
    for name, value in data.items():
        if name not in _FIELDS:
            raise _broken(source, _line_of(head, str(name)), f"unknown field {name!r}")
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise _broken(source, _line_of(head, str(name)), f"{name} is not text")
    for name in ("version", "output"):
        if not str(data.get(name, "")).strip():
            raise _broken(source, 1, f"the front matter has no {name}")
    return {name: str(value).strip() for name, value in data.items()}


def _line_of(head: list[str], name: str) -> int:
    for number, line in enumerate(head, start=2):
        if line.split(":")[0].strip().strip("\"'") == name:
            return number
    return 1


def _broken(source: str, line: int, what: str) -> ConfigError:
    return ConfigError(
        f"{source}:{line}: {what}",
        hint=f"Front matter takes {', '.join(_FIELDS)}; the first two are required.",
    )
