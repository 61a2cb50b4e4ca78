import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { newId } from "@/lib/ids";
import type { Connection } from "./connection";
import { asProblem, type Problem } from "./problem";
import { useConnection } from "./session";

/** A file on its way into a collection of documents. */
export interface Upload {
  id: string;
  name: string;
  collection: string;
  bytes: number;
  state: "waiting" | "reading" | "done" | "failed";
  /** What became of it, in words. */
  words: string;
  problem: Problem | null;
}

interface Report {
  added: number;
  updated: number;
  failed: { message: string; hint: string }[];
}

/**
 * A name as the server takes it: letters, digits, blanks and . _ ( ) - with its ending. Names that lose letters on the
 * way stay apart by a number of their own.
 */
export function documentName(name: string): string {
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot >= 0 ? [name.slice(0, dot), name.slice(dot + 1)] : [name, ""];
  const plain = latin(stem)
    .replace(/[^A-Za-z0-9 ._()-]+/g, "-")
    .replace(/^[^A-Za-z0-9_]+/, "");
  const lost = /[^\p{ASCII}]/u.test(latin(stem));
  const told = lost
    ? `${plain.slice(0, 120) || "document"}-${checksum(name)}`
    : plain.slice(0, 140) || "document";
  return `${told}.${latin(ending).replace(/[^A-Za-z0-9]/g, "")}`;
}

const latin = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "");

function checksum(text: string): string {
  let sum = 2_166_136_261;
  for (const letter of text) sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return sum.toString(36);
}

/** Adds files to collections, one after another, and tells how far each is. */
export function useUploads() {
  const connection = useConnection();
  const queries = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const last = useRef<Promise<void>>(Promise.resolve());
  const change = useCallback((id: string, patch: Partial<Upload>) => {
    setUploads((before) => before.map((one) => (one.id === id ? { ...one, ...patch } : one)));
  }, []);
  const add = useCallback(
    (files: Iterable<File>, collection: string) => {
      for (const file of files) {
        const id = newId();
        const fresh: Upload = {
          id,
          name: file.name,
          collection,
          bytes: file.size,
          state: "waiting",
          words: "",
          problem: null,
        };
        setUploads((before) => [...before, fresh]);
        last.current = last.current.then(async () => {
          change(id, { state: "reading" });
          try {
            change(id, await send(connection, collection, file));
          } catch (error) {
            change(id, { state: "failed", problem: asProblem(error) });
          }
          await queries.invalidateQueries({ queryKey: ["knowledge"] });
        });
      }
    },
    [connection, queries, change],
  );
  const forget = useCallback(
    () => setUploads((before) => before.filter((one) => one.state !== "done" && one.state !== "failed")),
    [],
  );
  return { uploads, add, forget };
}

async function send(connection: Connection, collection: string, file: File): Promise<Partial<Upload>> {
  const name = encodeURIComponent(documentName(file.name));
  const path = `/knowledge/collections/${encodeURIComponent(collection)}/documents/${name}`;
  const report = await connection.call<Report>(path, { method: "PUT", body: file });
  const failed = report.failed[0];
  if (failed !== undefined) return { state: "failed", words: `${failed.message} ${failed.hint}`.trim() };
  const words =
    report.added > 0 ? "added" : report.updated > 0 ? "replaced the former one" : "was there already";
  return { state: "done", words };
}
