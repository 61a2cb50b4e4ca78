import type { Me } from "@/api/session";
import { Card } from "@/components/card";
import { Facts } from "@/components/facts";
import styles from "./settings.module.css";

const MAY: { name: keyof Me["may"]; text: string }[] = [
  { name: "read", text: "read threads and what is recorded" },
  { name: "run", text: "ask, and start runs" },
  { name: "decide", text: "approve, reject and undo actions" },
  { name: "administer", text: "manage keys and triggers" },
  { name: "run_project", text: "see the audit log, fill the knowledge base, run evaluations" },
];

/** Who the server takes the reader for, and what they may do. */
export function WhoCard({ me }: { me: Me }) {
  return (
    <Card title="You">
      <Facts
        look="figures"
        facts={[
          ["Name", me.principal],
          ["Tenant", me.tenant],
          me.roles.length === 0 ? null : ["Roles", me.roles.join(", ")],
        ]}
      />
      <ul className={styles.may}>
        {MAY.map(({ name, text }) => (
          <li key={name}>
            <strong>{me.may[name] ? "You may" : "You may not"}</strong> {text}.
          </li>
        ))}
      </ul>
    </Card>
  );
}
