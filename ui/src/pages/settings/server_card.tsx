import { type FormEvent, useState } from "react";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { TextField } from "@/components/field";

/** Opens another Agent Server in these pages. */
export function ServerCard() {
  const { connection, openServer } = useSession();
  const [url, setUrl] = useState(connection.url);
  const [key, setKey] = useState("");
  const elsewhere = connection.url !== window.location.origin;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    openServer(url, key.trim() || undefined);
  };
  return (
    <Card title="Server">
      <form onSubmit={submit}>
        <TextField
          label="Address"
          hint="Any Agent Server. This page reaches those that ui_connect under [server] in podium.toml names."
          type="url"
          pattern="https?://.+"
          title="An address that begins with http:// or https://"
          required
          value={url}
          onText={setUrl}
        />
        <TextField
          label="API key"
          hint="Only where the server asks for one. It is kept in this tab, for this address alone."
          type="password"
          autoComplete="off"
          value={key}
          onText={setKey}
        />
        <Button type="submit">Open</Button>{" "}
        {connection.key === "" ? null : (
          <Button onClick={() => openServer(connection.url, "")}>Forget the key</Button>
        )}{" "}
        {elsewhere ? <Button onClick={() => openServer("")}>Back to this server</Button> : null}
      </form>
    </Card>
  );
}
