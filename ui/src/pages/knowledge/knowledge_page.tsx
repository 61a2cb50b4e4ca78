import { PageFrame } from "@/components/page";

export function Page() {
  return (
    <PageFrame title="Knowledge">
      <p />
    </PageFrame>
  );
}
