import { PageFrame } from "@/components/page";

export function Page() {
  return (
    <PageFrame title="Dashboard">
      <p />
    </PageFrame>
  );
}
