"""Does a retrieved text speak to the model instead of to the reader?

A modest list of plain markers. It catches the loud attempts; what holds against the quiet ones is
structural: retrieved text cannot open a tool or change a plan, and arguments keep their provenance.
"""

from __future__ import annotations

import re

from podium.guardrails.finding import CheckContext, Finding

# In these patterns a space stands for white space, and "~" for up to four words of no interest.
_OLD = "(?:previous|prior|above|preceding|earlier|former|existing|original|initial|system|past)"
_RULES = "(?:instruction|prompt|direction|guideline|rule|directive|command|context|message|conversation)s?"
_IGNORE = "(?:ignore|disregard|forget|override|bypass|neglect|skip)"
_FREED = "(?:dan|jailbroken|unrestricted|unfiltered|developer mode|not bound|no (?:restriction|rule|limit)s?)"
_SHOW = "(?:reveal|show|print|repeat|output|display|leak|tell me|give me|share)"
_TELL = "(?:tell|inform|mention|reveal|notify|alert)(?:ing)?"
_MODEL = "(?:ai|llm|language model|ai assistant|assistant|chatbot|ai agent)s?"
_MARKERS = {
    "text that tells the model to ignore its instructions": (
        rf"\b{_IGNORE} ~{_OLD} ~{_RULES}\b",
        rf"\b{_IGNORE} ~(?:your|all) ~(?:instruction|guideline|directive|programming)s?\b",
    ),
    "text that tells the model to forget what came before": (
        r"\b(?:ignore|disregard|forget) (?:everything|all|anything|what) ~(?:above|before|told|prior)\b",
    ),
    "text that gives the model a new role": (
        rf"\b(?:you are now|from now on,? you (?:are|will|must)|pretend to be|pretend that you) ~{_FREED}\b",
        r"\bact as (?:if you have no|an? unrestricted)\b",
    ),
    "text that asks for the hidden prompt": (
        rf"\b{_SHOW} ~(?:system|hidden|initial|secret) (?:prompt|instruction|message)s?\b",
        rf"\b{_SHOW} ~your ~(?:prompt|instruction)s?\b",
    ),
    "text that looks like a message of the system": (
        r"<\|(?:im_start|im_end|system|endoftext|eot_id|start_header_id)\|>",
        r"\[/?INST\]|<</?SYS>>|<start_of_turn>",
        r"</?(?:system|instructions?|assistant|tool_call|function_call)>",
        r"(?:^|\n)[\t#*]{0,6}(?:system|assistant)(?: (?:prompt|message|override|instruction))?\*{0,3}:",
    ),
    "text that hides something from the user": (
        rf"\b(?:do not|don't|never|without) {_TELL} ~(?:the )?user\b",
    ),
    "text that addresses the model": (
        rf"\b(?:note to|(?:instruction|message)s? (?:to|for)|dear)[:,]? ~{_MODEL}\b[^.\n]{{0,40}}[:,]",
        r"\b(?:new|updated|important|secret|additional) (?:system )?instructions?:",
        rf"\bif you are an? {_MODEL}\b",
    ),
}
_REASONS = tuple(_MARKERS)


def _pattern(marker: str) -> str:
    return marker.replace("~", r"(?:\w{1,12} ){0,4}?").replace(" ", r"\s{1,3}")


_ANY = re.compile(
    "|".join(
        f"(?P<m{i}>{'|'.join(map(_pattern, patterns))})" for i, patterns in enumerate(_MARKERS.values())
    ),
    re.IGNORECASE,
)
_FOLDED = str.maketrans({"\u2019": "'", "\u00a0": " ", "\u200b": " "})


def injection(text: str, context: CheckContext) -> tuple[Finding, ...]:
    """Find sentences that try to instruct the model; there is no fix.

    Args:
        text: What to check.
        context: Unused; every check has the same shape.
    """
    del context
    return tuple(
        Finding(_REASONS[int((match.lastgroup or "m0")[1:])], match.span())
        for match in _ANY.finditer(text.translate(_FOLDED))
    )
