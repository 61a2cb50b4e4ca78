import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Vendor code which only some pages need, in files of its own: `name` of the file and what goes into it. */
const CHUNKS = [
  {
    name: "react",
    test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack\/(react-query|query-core))\//,
  },
  { name: "flow", test: /node_modules\/(@xyflow|@dagrejs|d3-|classcat|zustand)/ },
  { name: "charts", test: /node_modules\/(recharts|victory-vendor|@reduxjs|immer|decimal)/ },
  { name: "forms", test: /node_modules\/(@rjsf|@cfworker|lodash|markdown-to-jsx)/ },
];

export default defineConfig({
  base: "/ui/",
  plugins: [react()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    outDir: "../src/podium/server/bundle",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
        codeSplitting: { groups: CHUNKS },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/podium", "/assistants", "/threads", "/runs", "/store", "/info", "/ok"].map((path) => [
        path,
        process.env.PODIUM_SERVER ?? "http://127.0.0.1:8600",
      ]),
    ),
  },
  test: {
    // A test ends by what it waits for; this is for those that never do, also on a busy machine.
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: "logic", include: ["tests/**/*.test.ts"], environment: "node", isolate: false },
      },
      {
        extends: true,
        test: {
          name: "components",
          include: ["tests/**/*.test.tsx"],
          environment: "jsdom",
          setupFiles: ["tests/setup.ts"],
        },
      },
    ],
  },
});
