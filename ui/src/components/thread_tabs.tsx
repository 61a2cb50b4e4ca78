import { useEffect, useRef } from "react";
import { NavLink, useLocation, useParams } from "react-router";
import { useSession } from "@/api/session";
import { classes } from "@/lib/classes";
import tabs from "./tabs.module.css";
import styles from "./thread_tabs.module.css";

const TABS = [
  { path: "", name: "Chat", own: false },
  { path: "/graph", name: "Graph", own: false },
  { path: "/history", name: "History", own: false },
  { path: "/trace", name: "Trace", own: true },
  { path: "/why", name: "Why", own: true },
  { path: "/undo", name: "Undo", own: true },
];

/** The views of one thread; those which only Podium has are left out for other servers. */
export function ThreadTabs() {
  const { threadId } = useParams();
  const { pathname } = useLocation();
  const { isPodium } = useSession();
  const bar = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: which tab is the current one follows from the path.
  useEffect(() => {
    const current = bar.current?.querySelector('[aria-current="page"]');
    current?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [pathname]);
  if (threadId === undefined || threadId === "new" || !pathname.startsWith("/threads/")) return null;
  return (
    <nav ref={bar} className={classes(tabs.tabs, styles.bar)} aria-label="Views of this thread">
      {TABS.filter((tab) => isPodium || !tab.own).map((tab) => (
        <NavLink key={tab.name} end to={`/threads/${threadId}${tab.path}`} className={tabs.tab}>
          {tab.name}
        </NavLink>
      ))}
    </nav>
  );
}
