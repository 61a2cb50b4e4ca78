import { useSession } from "@/api/session";
import { PageFrame } from "@/components/page";
import { ModelsCard } from "./models_card";
import { ServerCard } from "./server_card";
import { ThemeCard } from "./theme_card";
import { WhoCard } from "./who_card";

export function Page() {
  const { me } = useSession();
  return (
    <PageFrame title="Settings" lead="Who you are, what answers, and which server this page shows.">
      {me === null ? null : <WhoCard me={me} />}
      {me === null ? null : <ModelsCard me={me} />}
      <ServerCard />
      <ThemeCard />
    </PageFrame>
  );
}
