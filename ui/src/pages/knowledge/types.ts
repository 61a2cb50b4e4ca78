export interface Collection {
  name: string;
  description: string;
  trust: string;
  access: string;
  documents: number;
  passages: number;
}

export interface Collections {
  collections: Collection[];
  /** Endings that a file to be added may have: ".md". */
  formats?: string[];
}

export interface DocumentShown {
  source: string;
  collection: string;
  title: string;
  version: string;
  date: string;
  status: string;
  superseded_by: string;
  characters: number;
  passages: number;
  /** Added here, not one of the project's own files. */
  uploaded: boolean;
  metadata: Record<string, unknown>;
}

export interface DocumentText {
  document: DocumentShown;
  text: string;
  start: number;
  end: number;
}

/** A passage: how a document was cut for searching. */
export interface Chunk {
  id: string;
  start: number;
  end: number;
  text: string;
  headings: string;
  tokens: number;
  flags: string[];
}

export interface FailedFile {
  source: string;
  code: string;
  message: string;
  hint: string;
}

export interface IngestReport {
  collection: string;
  added: number;
  updated: number;
  unchanged: number;
  removed: number;
  failed: FailedFile[];
  chunks: number;
  seconds: number;
}

export interface Hit {
  id: string;
  source: string;
  title: string;
  text: string;
  start: number;
  end: number;
  version: string;
  date: string;
  score: number;
  similarity: number | null;
  collection: string;
  trust: string;
  access: string;
  superseded_by: string;
  metadata: Record<string, unknown>;
}

export interface Found {
  results: Hit[];
  failed: string[];
  explanation?: Explanation | null;
}

export interface Explanation {
  terms: { term: string; rarity: number; known: boolean }[];
  exact: string[];
  weights: Record<string, number>;
  candidates: { dense: number; lexical: number; all: number };
  filters: { collections: string[] | null; as_of: string };
  hits: HitExplained[];
  left_out: LeftOut[];
}

export interface HitExplained {
  id: string;
  place: number;
  score: number;
  dense: { rank: number | null; similarity: number | null };
  lexical: { rank: number | null; score: number | null };
  matched: { term: string; score: number }[];
  missing: string[];
  fusion: number;
  parts: { name: string; value: number; weight: number; adds: number }[];
  factor: number;
  exact: string[];
}

export interface LeftOut {
  source: string;
  start: number;
  end: number;
  score: number;
  why: string;
  of: string | null;
}
