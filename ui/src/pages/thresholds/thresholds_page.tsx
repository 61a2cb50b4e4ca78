import { PageFrame } from "@/components/page";

export function Page() {
  return (
    <PageFrame title="Thresholds">
      <p />
    </PageFrame>
  );
}
