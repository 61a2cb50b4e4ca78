import { useQuery } from "@tanstack/react-query";
import {
  Activity,
  BookOpen,
  ChartColumn,
  Coins,
  FlaskConical,
  Inbox,
  type LucideIcon,
  Menu,
  MessageSquare,
  ScrollText,
  Settings,
  SlidersHorizontal,
  Zap,
} from "lucide-react";
import { Suspense, useEffect, useState } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { useChanges } from "@/api/changes";
import { type Me, useSession } from "@/api/session";
import { ServerCard } from "@/pages/settings/server_card";
import { Button } from "./button";
import { KeyForm } from "./key_form";
import { Loading, ProblemNotice } from "./notice";
import styles from "./shell.module.css";
import { ThreadTabs } from "./thread_tabs";

const PLACES: { to: string; name: string; icon: LucideIcon; own: boolean }[] = [
  { to: "/threads/new", name: "Chat", icon: MessageSquare, own: false },
  { to: "/approvals", name: "Approvals", icon: Inbox, own: true },
  { to: "/runs", name: "Runs", icon: Activity, own: true },
  { to: "/knowledge", name: "Knowledge", icon: BookOpen, own: true },
  { to: "/triggers", name: "Triggers", icon: Zap, own: true },
  { to: "/evaluations", name: "Evaluations", icon: FlaskConical, own: true },
  { to: "/dashboard", name: "Dashboard", icon: ChartColumn, own: true },
  { to: "/thresholds", name: "Thresholds", icon: SlidersHorizontal, own: true },
  { to: "/audit", name: "Audit", icon: ScrollText, own: true },
  { to: "/usage", name: "Usage", icon: Coins, own: true },
  { to: "/settings", name: "Settings", icon: Settings, own: false },
];

/** How many decisions wait for a person. */
function useWaiting(): number {
  const { connection, isPodium } = useSession();
  const waiting = useQuery({
    queryKey: ["interrupts", "count", connection.url],
    queryFn: () => connection.call<{ interrupts: unknown[] }>("/interrupts", { query: { limit: 100 } }),
    enabled: isPodium,
  });
  return waiting.data?.interrupts.length ?? 0;
}

/** Whether an address belongs to a place: every thread belongs to the chat. */
const isIn = (pathname: string, place: string) => pathname.startsWith(`/${place.split("/")[1]}`);

function Places() {
  const { isPodium } = useSession();
  const { pathname } = useLocation();
  const waiting = useWaiting();
  return (
    <ul className={styles.places}>
      {PLACES.filter((place) => isPodium || !place.own).map(({ to, name, icon: Icon }) => (
        <li key={to}>
          <Link to={to} className={styles.place} aria-current={isIn(pathname, to) ? "page" : undefined}>
            <Icon size={17} aria-hidden />
            <span>{name}</span>
            {name === "Approvals" && waiting > 0 ? (
              <span className={styles.count}>
                {waiting > 99 ? "99+" : waiting}
                <span className="visually-hidden"> waiting for you</span>
              </span>
            ) : null}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Which model answers, in words: "offline agents", or the names of the models in use. */
function modelsInWords(me: Me): string {
  if (me.models.offline) return "offline agents";
  return [...new Set(Object.values(me.models.roles).map((role) => role.model))].join(", ");
}

/** "offline agents answer", "openai:NAME answers". */
function answeredBy(me: Me): string {
  const words = modelsInWords(me);
  return `${words} ${me.models.offline || words.includes(", ") ? "answer" : "answers"}`;
}

function Who() {
  const { me, connection } = useSession();
  const elsewhere = connection.url !== window.location.origin;
  const notReady = Object.values(me?.models.roles ?? {}).find((role) => !role.ready);
  return (
    <Link to="/settings" className={styles.who}>
      <span className={styles.name}>{me?.principal ?? "Another Agent Server"}</span>
      {me === null ? null : <span className={styles.detail}>{answeredBy(me)}</span>}
      {elsewhere ? <span className={styles.detail}>{connection.url}</span> : null}
      {notReady === undefined ? null : (
        <span className={styles.missing}>{notReady.problem ?? "A model is not ready"}</span>
      )}
    </Link>
  );
}

function Content() {
  const session = useSession();
  if (session.loading) return <Loading what="Connecting" />;
  if (session.problem !== null && session.problem.status === 401) return <KeyForm />;
  if (session.problem !== null) {
    return (
      <div className={styles.problem}>
        <ProblemNotice error={session.problem} onRetry={session.retry} />
        <ServerCard />
      </div>
    );
  }
  return (
    <Suspense fallback={<Loading />}>
      <Outlet />
    </Suspense>
  );
}

/** What is around every page: where to go, who you are, and the page itself. */
export function Shell() {
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  const { me } = useSession();
  useChanges();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes whenever the address changes.
  useEffect(() => setOpen(false), [pathname]);
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        Skip to the content
      </a>
      <header className={styles.bar}>
        <Button
          look="quiet"
          label={open ? "Close the menu" : "Open the menu"}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Menu size={20} aria-hidden />
        </Button>
        <span className={styles.brand}>{me?.project.name ?? "Podium"}</span>
      </header>
      <nav className={`${styles.side} ${open ? styles.open : ""}`} aria-label="Pages">
        <p className={styles.brand}>{me?.project.name ?? "Podium"}</p>
        <Places />
        <Who />
      </nav>
      <main id="content" className={styles.main} tabIndex={-1}>
        <ThreadTabs />
        <Content />
      </main>
    </div>
  );
}
