"""What is said to people who greet, thank, take leave, or ask who answers them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podium.agents.offline.matching import Known

MOST_TOPICS = 12
"""Titles of documents that an introduction names."""

LONGEST = 100
"""Characters; more is no small talk."""

GREETING = "Hello. What would you like to know, or what shall I do?"
OFFER = "What else would you like to know, or what shall I do?"

_FILLING = (
    r"(?:[\s,.!?]|\b(?:and|you|there|all|so|very|much|a|lot|then|now|for|the|your|that|this|it|help|me|my"
    r"|everyone|again|indeed|bot|podium|oh|well|please|really|just|to|hear|know|good|nice|that's)\b)*"
)
_KINDS: tuple[tuple[str, str], ...] = (
    (r"bye|goodbye|good ?bye|good night|see you|take care|farewell|ciao", "Goodbye."),
    (
        r"thanks?|thank you|many thanks|cheers|thx|ty|much appreciated|appreciate it",
        f"You are welcome. {OFFER}",
    ),
    (
        r"sorry|apologies|i apologi[sz]e|my mistake|my bad|excuse me|pardon|i am sorry|i'm sorry",
        f"No harm done. {OFFER}",
    ),
    (
        r"how are you(?: doing| today)*|how is it going|how's it going|what's up|how do you do",
        "I am a program and always the same, thank you. What would you like to know, or what shall I do?",
    ),
    (
        r"never ?mind|forget it|forget that|leave it|don't bother|no need|nothing",
        f"All right, I leave it as it is. {OFFER}",
    ),
    (r"hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings", GREETING),
    (
        (
            r"ok|okay|k|great|perfect|fine|cool|nice|good|awesome|super|excellent|alright|all right|right"
            r"|got it|understood|i see|sure|yes|yeah|yep|no|nope|no thanks|lol|wow|hm+|haha+"
        ),
        f"All right. {OFFER}",
    ),
)
_REPLIES = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), reply) for words, reply in _KINDS)
_ONLY = re.compile(
    rf"{_FILLING}(?:\b(?:{'|'.join(words for words, _ in _KINDS)})\b{_FILLING})+", re.IGNORECASE
)
_ABOUT_ME = re.compile(
    r"\W*(?:(?:hi|hello|hey|so|and|ok|okay|please|but)\b\W*)*(?:"
    r"who(?: |')(?:are|r|re) (?:you|u)|what(?: |')(?:are|re) you|what is your (?:name|job|purpose|role)"
    r"|(?:tell me|say)(?: something| more)? about yourself|introduce yourself|what (?:is|does) this(?: do)?"
    r"|what (?:all )?(?:can|could|do) (?:you|u) (?:do|know|offer|help(?: me)? with|help)"
    r"(?: about| here| for me| exactly)*"
    r"|what (?:else )?(?:can|could|may|should) i (?:ask|do|say)(?: you)?(?: here| about)*"
    r"|how (?:can|could|do) you (?:help|work|assist)(?: me| us)*|how does this work"
    r"|(?:which|what) (?:tools|actions|topics|documents|questions|things) "
    r"(?:do|can) you (?:have|use|know|do|answer)"
    r"|are you (?:an? )?(?:real|human|person|bot|robot|chat ?bot|ai|machine|program|computer|there)"
    r"(?: person| human)?"
    r"|am i (?:talking|speaking|chatting) (?:to|with) an? .{3,30}"
    r"|(?:i need |can you |could you |please )?help(?: me)?|commands|menu|usage|\?+"
    r")\W*(?:please\W*)?",
    re.IGNORECASE,
)


def smalltalk_reply(text: str) -> str:
    """What to say to a text that only greets, thanks, takes leave and the like; empty for any other text.

    Args:
        text: All of the user's words.
    """
    if len(text) >= LONGEST or not _ONLY.fullmatch(text):
        return ""
    return next((reply for kind, reply in _REPLIES if kind.search(text)), "")


def asks_about_me(text: str) -> bool:
    """Whether the user asks who answers, or what can be asked for.

    Args:
        text: All of the user's words.
    """
    return len(text) < LONGEST and _ABOUT_ME.fullmatch(text) is not None


def introduction(tools: Sequence[Known], titles: Sequence[str]) -> str:
    """Who answers, what it can do and what it knows about: from the tools and the documents alone.

    Args:
        tools: What may be used.
        titles: Of the documents in the knowledge base.
    """
    parts = ["I am a program: I answer with quotations from this project's documents and use its tools."]
    reads = [known.purpose for known in tools if known.spec.effect == "read"]
    changes = [known.purpose for known in tools if known.spec.effect != "read"]
    if reads:
        parts += ["I can look things up:", *(f"- {purpose}" for purpose in reads)]
    if changes:
        head = "I can change things, with a person's approval where the project's rules ask for it:"
        parts += [head, *(f"- {purpose}" for purpose in changes)]
    known = list(dict.fromkeys(title.strip() for title in titles if title.strip()))
    if known:
        left = len(known) - MOST_TOPICS
        more = f"; and {left} more" if left > 0 else ""
        parts.append("My documents are about: " + "; ".join(known[:MOST_TOPICS]) + more + ".")
    if not tools and not known:
        parts.append("There are no documents and no tools here yet, so I cannot do much.")
    else:
        parts.append("Where I find no answer, I say so. I read English only.")
    return "\n".join(parts)
