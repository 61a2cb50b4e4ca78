import { useState } from "react";
import type { Me, ModelProvider } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Notice, ProblemNotice } from "@/components/notice";
import { Table } from "@/components/table";
import { KeyDialog } from "./key_dialog";
import { useSetUp } from "./set_up";
import styles from "./settings.module.css";

const SOURCES: Record<ModelProvider["source"], string> = {
  environment: "from the environment",
  stored: "stored for this project",
  file: "from a file",
  command: "from a command",
  none_needed: "none needed",
  missing: "missing",
};

/** Which model answers in which role, where each provider's key is from, and a way to set it. */
export function ModelsCard({ me }: { me: Me }) {
  const [open, setOpen] = useState<ModelProvider | null>(null);
  const setUp = useSetUp();
  const roles = Object.entries(me.models.roles);
  return (
    <Card title="What answers">
      {me.models.offline ? (
        <Notice>
          The offline agents answer: they need no key and no network, quote what they find and carry out what
          the project's tools allow. Name a model and set its key to let it answer.
        </Notice>
      ) : null}
      <Table
        caption="The model of each role"
        rows={roles}
        keyOf={([role]) => role}
        columns={[
          { name: "Role", cell: ([role]) => role },
          { name: "Model", cell: ([, role]) => role.model },
          {
            name: "State",
            cell: ([, role]) =>
              role.ready ? (
                <Badge tone="good">ready</Badge>
              ) : (
                <Badge tone="warn">{role.problem ?? "not ready"}</Badge>
              ),
          },
        ]}
      />
      <ul className={styles.providers}>
        {me.models.providers.map((provider) => (
          <li key={provider.provider}>
            <span>
              <strong>{provider.provider}</strong> key: {SOURCES[provider.source]}
            </span>
            <span className={styles.how}>{provider.source === "stored" ? null : provider.how}</span>
            <Button
              small
              why={provider.settable ? undefined : provider.how}
              onClick={() => setOpen(provider)}
            >
              {provider.source === "missing" ? "Set the key" : "Change the key"}
            </Button>
            {provider.source === "stored" && provider.settable ? (
              <Button
                small
                disabled={setUp.isPending}
                onClick={() =>
                  setUp.mutate({
                    path: "/models/key",
                    method: "DELETE",
                    query: { provider: provider.provider },
                  })
                }
              >
                Forget the key
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {me.dev && me.may.run_project && !me.models.offline ? (
        <p>
          <Button
            small
            disabled={setUp.isPending}
            onClick={() =>
              setUp.mutate({ path: "/models/default", method: "PUT", body: { model: "offline" } })
            }
          >
            Let the offline agents answer
          </Button>
        </p>
      ) : null}
      {setUp.error === null ? null : <ProblemNotice error={setUp.error} />}
      {open === null ? null : (
        <KeyDialog provider={open} dev={me.dev} offline={me.models.offline} onClose={() => setOpen(null)} />
      )}
    </Card>
  );
}
