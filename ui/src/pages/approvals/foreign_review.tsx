import { useState } from "react";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { JsonView } from "@/components/json_view";
import { SchemaForm } from "@/components/schema_form";
import { requestsOf } from "@/judging/requests";
import { Value } from "@/judging/value";
import { visible } from "@/lib/visible";
import { DecideBar } from "./own_review";
import { ReasonDialog } from "./reason_dialog";
import type { DecidingProps } from "./review";

const ANYTHING = {};

/** What another graph than the project's own asks, answered in the form that it understands. */
export function ForeignReview({ one, whyNot, busy, decide }: DecidingProps) {
  const [rejecting, setRejecting] = useState(false);
  const requests = requestsOf(one.value);
  const may = whyNot === "" && !busy;
  if (requests === null) {
    return (
      <>
        <Card title={`${one.graph_id} asks`}>
          {typeof one.value === "string" ? (
            <p dir="auto">
              <Value value={one.value} />
            </p>
          ) : (
            <JsonView value={one.value} label="What the graph asks" />
          )}
        </Card>
        <Card title="Your answer">
          <p className="quiet">The graph takes any JSON value: true, "words", or an object.</p>
          <SchemaForm
            schema={ANYTHING}
            value={undefined}
            submitLabel={busy ? "Sending…" : "Send the answer"}
            disabled={!may}
            onSubmit={(value) => decide({ kind: "respond", message: "answered", value: value ?? true })}
          />
          {whyNot === "" ? null : <p className="quiet">You may look, but not decide this: see above why.</p>}
        </Card>
      </>
    );
  }
  const all = (decision: Record<string, unknown>) => ({ decisions: requests.map(() => decision) });
  return (
    <>
      {requests.map((request, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: requests have no other identity than their place.
        <Card key={place} title={visible(request.name)}>
          {request.description === "" ? null : (
            <p dir="auto">
              <Value value={request.description} />
            </p>
          )}
          <JsonView value={request.args} label={`Arguments of ${request.name}`} />
        </Card>
      ))}
      <DecideBar whyNot={whyNot} noApproval="">
        <Button
          look="main"
          disabled={!may}
          onClick={() => decide({ kind: "approve", value: all({ type: "approve" }) })}
        >
          {requests.length === 1 ? "Approve" : `Approve all ${requests.length}`}
        </Button>
        <Button look="danger" disabled={!may} onClick={() => setRejecting(true)}>
          Reject…
        </Button>
      </DecideBar>
      {rejecting ? (
        <ReasonDialog
          title="Reject"
          label="Why?"
          hint="The graph gets it with the rejection."
          send="Reject"
          danger
          busy={busy}
          onSend={(message) => {
            setRejecting(false);
            decide({
              kind: "reject",
              value: all({ type: "reject", ...(message === "" ? {} : { message }) }),
            });
          }}
          onClose={() => setRejecting(false)}
        />
      ) : null}
    </>
  );
}
