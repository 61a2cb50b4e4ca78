import { createContext, useContext, useEffect } from "react";

/** Where fields that hold JSON say that what is written in them is none, so that it is not sent. */
export const BrokenContext = createContext<(id: string, broken: boolean) => void>(() => undefined);

/** Reports a field as broken for as long as it is shown and is. */
export function useBroken(id: string, broken: boolean): void {
  const report = useContext(BrokenContext);
  useEffect(() => {
    report(id, broken);
    return () => report(id, false);
  }, [report, id, broken]);
}
