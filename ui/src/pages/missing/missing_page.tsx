import { Link } from "react-router";
import { Empty } from "@/components/notice";
import { PageFrame } from "@/components/page";

export function Page() {
  return (
    <PageFrame title="There is no such page">
      <Empty title="The address names nothing that is here.">
        <Link to="/threads/new">Start a conversation</Link>
      </Empty>
    </PageFrame>
  );
}
