import { useUploads } from "@/api/uploads";
import { FileDrop } from "@/components/file_drop";
import { UploadList } from "@/components/upload_list";

interface AddFilesProps {
  collection: string;
  formats: readonly string[];
  may: boolean;
}

/** Adds files to a collection. */
export function AddFiles({ collection, formats, may }: AddFilesProps) {
  const { uploads, add, forget } = useUploads();
  return (
    <>
      <FileDrop
        formats={formats}
        refusal={may ? undefined : "Only those who run the project may add documents."}
        onFiles={(files) => add(files, collection)}
      />
      <UploadList uploads={uploads} onForget={forget} />
    </>
  );
}
