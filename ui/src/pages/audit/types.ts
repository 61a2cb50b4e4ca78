/** One record of the chain that cannot be changed unnoticed. */
export interface AuditRecord {
  seq: number;
  hash: string;
  after: string;
  kind: string;
  at: string;
  who: string;
  person: string;
  thread_id: string;
  run_id: string;
  data: Record<string, unknown>;
  sealed: unknown;
}

export interface AuditRecords {
  records: AuditRecord[];
  kinds?: string[];
}

export interface AuditCheck {
  ok: boolean;
  records: number;
  head: string;
  fault: string | null;
  put_away: number;
  signed: number;
  trusted: boolean;
}
