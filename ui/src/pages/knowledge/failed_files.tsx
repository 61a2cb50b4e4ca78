import { Notice } from "@/components/notice";
import type { FailedFile } from "./types";

/** The files that could not be read, and what to do about each. */
export function FailedFiles({ files }: { files: FailedFile[] }) {
  if (files.length === 0) return null;
  return (
    <Notice tone="warn">
      <p>Not read:</p>
      <ul>
        {files.map((file) => (
          <li key={file.source}>
            <bdi>{file.source}</bdi>: {file.message} {file.hint}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
