import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router";
import { asProblem } from "./api/problem";
import { SessionProvider } from "./api/session";
import { Announcer } from "./components/announcer";
import { makeRouter } from "./routes";

const isWorthAnotherTry = (count: number, error: unknown) => {
  const { status } = asProblem(error);
  return count < 2 && (status === 0 || status === 429 || status >= 502);
};

const queries = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
  defaultOptions: {
    queries: { retry: isWorthAnotherTry, staleTime: 2_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

const router = makeRouter();

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <SessionProvider>
        <Announcer>
          {/* A choice that the address holds is seen at once, and no control springs back meanwhile. */}
          <RouterProvider router={router} useTransitions={false} />
        </Announcer>
      </SessionProvider>
    </QueryClientProvider>
  );
}
