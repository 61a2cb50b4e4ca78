import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// What is waited for comes; parts that are loaded when they are needed take longer on a busy machine.
configure({ asyncUtilTimeout: 20_000 });

afterEach(cleanup);
