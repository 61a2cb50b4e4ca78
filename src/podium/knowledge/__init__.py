"""Knowledge: documents in, evidence with exact spans out."""

from podium.knowledge.documents import Document, DocumentInfo, IngestFailure, IngestProgress, IngestReport
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.knowledge.sentences import Span, split_sentences

__all__ = [
    "Document",
    "DocumentInfo",
    "IngestFailure",
    "IngestProgress",
    "IngestReport",
    "KnowledgeBase",
    "Span",
    "split_sentences",
]
