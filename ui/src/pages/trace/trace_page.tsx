import { PageFrame } from "@/components/page";

export function Page() {
  return (
    <PageFrame title="Trace">
      <p />
    </PageFrame>
  );
}
