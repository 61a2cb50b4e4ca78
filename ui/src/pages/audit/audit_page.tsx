import { useMay } from "@/api/session";
import { Notice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { CheckCard } from "./check_card";
import { Records } from "./records";

export function Page() {
  const may = useMay("administer");
  return (
    <PageFrame
      title="Audit"
      lead="Everything that was asked, read, decided and done, in a chain in which no record can be changed unnoticed."
    >
      {may ? (
        <>
          <CheckCard />
          <Records />
        </>
      ) : (
        <Notice>The audit log is for admins; your key is not one of theirs.</Notice>
      )}
    </PageFrame>
  );
}
