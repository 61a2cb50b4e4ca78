import { useQuery } from "@tanstack/react-query";
import { type DragEvent, type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useConnection } from "@/api/session";
import type { useUploads } from "@/api/uploads";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { FileDrop } from "@/components/file_drop";
import { Loading, ProblemNotice } from "@/components/notice";
import { UploadList } from "@/components/upload_list";
import { bytes } from "@/lib/numbers";
import styles from "./uploads.module.css";

interface Collections {
  collections: { name: string; description: string }[];
  formats?: string[];
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
  /** What was dropped on the conversation, and waits for a collection. */
  files: File[];
  onFiles: (files: File[]) => void;
  uploading: ReturnType<typeof useUploads>;
  onClose: () => void;
}

/** Adds files to the knowledge base, and tells how far it is; what has begun goes on when it is closed. */
export function UploadDialog({ files, onFiles, uploading, onClose }: UploadDialogProps) {
  const connection = useConnection();
  const known = useQuery({
    queryKey: ["knowledge", "collections", connection.url],
    queryFn: () => connection.call<Collections>("/knowledge/collections"),
  });
  const [chosen, setChosen] = useState("");
  const collection = chosen || known.data?.collections[0]?.name || "";
  const { uploads, add, forget } = uploading;
  const start = () => {
    add(files, collection);
    onFiles([]);
  };
  return (
    <Dialog
      title="Add files to the knowledge base"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{files.length === 0 ? "Close" : "Cancel"}</Button>
          {files.length === 0 ? null : (
            <Button look="main" disabled={collection === ""} onClick={start}>
              {files.length === 1 ? "Add it" : `Add ${files.length} files`}
            </Button>
          )}
        </>
      }
    >
      {known.error === null ? null : <ProblemNotice error={known.error} />}
      {known.data === undefined ? (
        <Loading />
      ) : (
        <div className={styles.body}>
          <Field label="Collection">
            {(props) => (
              <select {...props} value={collection} onChange={(event) => setChosen(event.target.value)}>
                {known.data.collections.map((one) => (
                  <option key={one.name}>{one.name}</option>
                ))}
              </select>
            )}
          </Field>
          {files.length === 0 ? (
            <FileDrop formats={known.data.formats ?? []} onFiles={onFiles} />
          ) : (
            <ul className={styles.files} aria-label="Chosen files">
              {files.map((file) => (
                <li key={`${file.name} ${file.size}`}>
                  <bdi>{file.name}</bdi> <span className="quiet">{bytes(file.size)}</span>
                </li>
              ))}
            </ul>
          )}
          <UploadList uploads={uploads} onForget={forget} />
          {uploads.some((one) => one.state === "done") ? (
            <Link to={`/knowledge?collection=${encodeURIComponent(collection)}`}>See how they were cut</Link>
          ) : null}
        </div>
      )}
    </Dialog>
  );
}
