import { type FormEvent, useEffect, useRef, useState } from "react";
import { useSession } from "@/api/session";
import { Button } from "./button";
import { Card } from "./card";
import { TextField } from "./field";
import { Notice } from "./notice";
import { PageFrame } from "./page";

/** Asks for the key of a server that needs one. It is kept in this tab only. */
export function KeyForm() {
  const { connection, openServer } = useSession();
  const [key, setKey] = useState("");
  const field = useRef<HTMLInputElement>(null);
  // Also after a key that was not taken, so that the next one may be typed.
  useEffect(() => field.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    openServer(connection.url, key.trim());
  };
  return (
    <PageFrame title="This server needs a key" lead={connection.url}>
      <Card>
        <form onSubmit={submit}>
          {connection.key === "" ? null : (
            <Notice tone="bad">The server does not take the key that was given.</Notice>
          )}
          <TextField
            label="API key"
            hint="Made with 'podium keys new'. It is kept in this tab and forgotten when the tab is closed."
            ref={field}
            type="password"
            autoComplete="off"
            required
            value={key}
            onText={setKey}
          />
          <Button type="submit" look="main">
            Open
          </Button>
        </form>
      </Card>
    </PageFrame>
  );
}
