"""The nodes of the state machine, one module each."""

from podium.graphs.nodes.admit import admit
from podium.graphs.nodes.commit import commit
from podium.graphs.nodes.consult import consult
from podium.graphs.nodes.critique import critique
from podium.graphs.nodes.execute import execute
from podium.graphs.nodes.human import human
from podium.graphs.nodes.plan import plan
from podium.graphs.nodes.respond import respond
from podium.graphs.nodes.retrieve import retrieve

__all__ = ["admit", "commit", "consult", "critique", "execute", "human", "plan", "respond", "retrieve"]
