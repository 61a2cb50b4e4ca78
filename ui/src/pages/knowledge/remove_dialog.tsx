import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { documentPath } from "./addresses";
import type { DocumentShown } from "./types";

/** Asks whether a document is to go, and says what becomes of its file. */
export function RemoveDialog({ document, onClose }: { document: DocumentShown; onClose: () => void }) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const name = document.title || document.source;
  const removal = useMutation({
    mutationFn: () =>
      connection.call<{ comes_back: boolean }>(documentPath(document.collection, document.source), {
        method: "DELETE",
      }),
    onSuccess: (told) => {
      void queries.invalidateQueries({ queryKey: ["knowledge"] });
      announce(
        told.comes_back ? `${name} is out until the project's files are read again.` : `${name} is gone.`,
      );
      onClose();
    },
  });
  const actions = (
    <>
      <Button onClick={onClose}>Keep it</Button>
      <Button look="danger" disabled={removal.isPending} onClick={() => removal.mutate()}>
        Remove
      </Button>
    </>
  );
  return (
    <Dialog title="Remove a document" onClose={onClose} actions={actions}>
      <p>
        The agents will not find <strong>{name}</strong> any more.{" "}
        {document.uploaded
          ? "Its file, which was added here, is deleted."
          : "Its file belongs to the project and stays: when the files are read again, the document is back."}
      </p>
      {removal.error === null ? null : <ProblemNotice error={removal.error} />}
    </Dialog>
  );
}
