/** A graph as text for people: known keys in reading order, what is short on one line.
 *
 * The server's orchestrator/workflows/web/text.py writes the same.
 */

const WIDTH = 100;
const ORDER = [
  "id",
  "type",
  "source",
  "sourceHandle",
  "target",
  "condition",
  "label",
  "position",
  "data",
  "title",
  "config",
  "nodes",
  "edges",
];

export function formatJson(value: unknown): string {
  return written(value, "", 0);
}

function written(value: unknown, indent: string, used: number): string {
  const short = oneLine(value);
  const isEmpty = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  if (isEmpty || indent.length + used + short.length <= WIDTH) return short;
  const inner = indent + "  ";
  const parts = Array.isArray(value)
    ? value.map((each) => inner + written(each, inner, 0))
    : entries(value).map(([key, each]) => {
        const name = JSON.stringify(key);
        return `${inner}${name}: ${written(each, inner, name.length + 2)}`;
      });
  const [start, end] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${start}\n${parts.join(",\n")}\n${indent}${end}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    const parts = entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${oneLine(each)}`);
    return `{ ${parts.join(", ")} }`;
  }
  return JSON.stringify(value);
}

function entries(value: object): [string, unknown][] {
  const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  return Object.entries(value).sort(([a], [b]) => rank(a) - rank(b));
}
