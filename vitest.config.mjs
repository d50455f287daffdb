import { defineConfig } from "vitest/config";

export default defineConfig({ test: { environment: "jsdom", include: ["static/src/**/*.test.{ts,tsx}"] } });
