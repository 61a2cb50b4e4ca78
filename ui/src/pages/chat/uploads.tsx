import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { Connection } from "@/api/connection";
import { asProblem } from "@/api/problem";
import { useConnection } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { Loading, ProblemNotice } from "@/components/notice";
import { bytes } from "@/lib/numbers";
import styles from "./uploads.module.css";

interface Collections {
  collections: { name: string; description: string }[];
  formats?: string[];
}

interface Ingested {
  added: number;
  updated: number;
  unchanged: number;
  failed: { source: string; message: string; hint: string }[];
  chunks: number;
}

interface Upload {
  file: File;
  state: "waiting" | "reading" | "done" | "failed";
  told: string;
}

/** The area onto which files are dropped. */
export function DropZone({
  enabled,
  onFiles,
  children,
}: {
  enabled: boolean;
  onFiles: (files: File[]) => void;
  children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  const holdsFiles = (event: DragEvent) => enabled && event.dataTransfer.types.includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has a button with the same use beside the message.
    <div
      className={styles.zone}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!holdsFiles(event)) return;
        event.preventDefault();
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {over ? <div className={styles.over}>Drop files to add them to the knowledge base</div> : null}
    </div>
  );
}

interface UploadDialogProps {
  /** What was dropped; none when files are yet to be chosen. */
  files: File[];
  onClose: () => void;
}

/** Adds files to the knowledge base, one after the other, and tells how far it is. */
export function UploadDialog({ files, onClose }: UploadDialogProps) {
  const connection = useConnection();
  const queries = useQueryClient();
  const collections = useQuery({
    queryKey: ["knowledge", "collections", connection.url],
    queryFn: () => connection.call<Collections>("/knowledge/collections"),
  });
  const [chosen, setChosen] = useState("");
  const [uploads, setUploads] = useState<Upload[]>(() => files.map(waiting));
  const [busy, setBusy] = useState(false);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const collection = chosen || collections.data?.collections[0]?.name || "";
  const formats = collections.data?.formats;
  const put = (file: File, change: Partial<Upload>) =>
    setUploads((before) => before.map((one) => (one.file === file ? { ...one, ...change } : one)));
  const start = async () => {
    setBusy(true);
    for (const { file, state } of uploads) {
      if (state === "done" || !alive.current) continue;
      put(file, { state: "reading", told: "" });
      put(file, await uploaded(connection, collection, file));
    }
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ["knowledge"] });
  };
  const done = uploads.filter((one) => one.state === "done").length;
  const left = uploads.some((one) => one.state !== "done");
  return (
    <Dialog
      title="Add files to the knowledge base"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{done > 0 && !left ? "Close" : "Cancel"}</Button>
          {left || uploads.length === 0 ? (
            <Button
              look="main"
              disabled={busy || uploads.length === 0 || collection === ""}
              onClick={() => void start()}
            >
              {busy ? `Reading ${done + 1} of ${uploads.length}…` : "Add them"}
            </Button>
          ) : null}
        </>
      }
    >
      {collections.error !== null ? <ProblemNotice error={collections.error} /> : null}
      {collections.isLoading ? <Loading /> : null}
      <Field label="Collection">
        {(props) => (
          <select {...props} value={collection} onChange={(event) => setChosen(event.target.value)}>
            {collections.data?.collections.map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Files" {...(formats ? { hint: `Read are: ${formats.join(", ")}` } : {})}>
        {(props) => (
          <input
            {...props}
            type="file"
            multiple
            disabled={busy}
            {...(formats ? { accept: formats.join(",") } : {})}
            onChange={(event) => setUploads([...(event.target.files ?? [])].map(waiting))}
          />
        )}
      </Field>
      <ul className={styles.files}>
        {uploads.map((one) => (
          <li key={`${one.file.name} ${one.file.size}`}>
            <FileText size={15} aria-hidden />
            <span>
              <bdi>{one.file.name}</bdi> <span className={styles.muted}>{bytes(one.file.size)}</span>
              {one.told === "" ? null : <span className={styles.told}>{one.told}</span>}
            </span>
            <State state={one.state} />
          </li>
        ))}
      </ul>
      {uploads.length > 0 ? (
        <progress className={styles.progress} max={uploads.length} value={done} aria-label="Files read" />
      ) : null}
      {done > 0 && !left ? (
        <p>
          <Link to={`/knowledge?collection=${encodeURIComponent(collection)}`}>See how they were cut</Link>
        </p>
      ) : null}
    </Dialog>
  );
}

const waiting = (file: File): Upload => ({ file, state: "waiting", told: "" });

async function uploaded(connection: Connection, collection: string, file: File): Promise<Partial<Upload>> {
  const path = `/knowledge/collections/${encodeURIComponent(collection)}/documents/${encodeURIComponent(file.name)}`;
  try {
    const report = await connection.call<Ingested>(path, { method: "PUT", body: file });
    const failed = report.failed[0];
    if (failed !== undefined) return { state: "failed", told: `${failed.message} ${failed.hint}`.trim() };
    return { state: "done", told: report.unchanged > 0 ? "It was there already, unchanged." : "Read." };
  } catch (error) {
    const problem = asProblem(error);
    return { state: "failed", told: `${problem.message} ${problem.hint}`.trim() };
  }
}

function State({ state }: { state: Upload["state"] }) {
  if (state === "reading") return <Badge tone="accent">reading…</Badge>;
  if (state === "done") return <Badge tone="good">done</Badge>;
  if (state === "failed") return <Badge tone="bad">failed</Badge>;
  return null;
}
