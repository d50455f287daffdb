/** Shows marks on the picture of a graph that the server drew (`graph_picture`). */

import { ICONS, noteOf, type Mark, type Marks } from "./marks";

export class Picture {
  private readonly nodes = new Map<string, SVGGElement>();
  private readonly edges = new Map<string, SVGGElement>();
  private readonly words = new Map<string, HTMLElement>();
  private readonly icons = document.documentElement.dataset.icons ?? "";

  constructor(root: ParentNode) {
    for (const node of root.querySelectorAll<SVGGElement>("[data-node]"))
      this.nodes.set(node.dataset.node ?? "", node);
    for (const edge of root.querySelectorAll<SVGGElement>("[data-edge]"))
      this.edges.set(edge.dataset.edge ?? "", edge);
    for (const word of root.querySelectorAll<HTMLElement>("[data-node-words]"))
      this.words.set(word.dataset.nodeWords ?? "", word);
  }

  show(marks: Marks): void {
    for (const [id, node] of this.nodes) this.mark(id, node, marks.nodes[id]);
    const taken = new Set(marks.edges);
    for (const [id, edge] of this.edges) edge.toggleAttribute("data-taken", taken.has(id));
  }

  private mark(id: string, node: SVGGElement, mark: Mark | undefined): void {
    const note = mark ? noteOf(mark) : (node.dataset.note ?? "");
    const state = mark?.state ?? "";
    const shown = node.querySelector(".node-note");
    if (node.dataset.state === state && shown?.textContent === note) return;
    node.dataset.state = state;
    if (shown) shown.textContent = note;
    node.querySelector(".node-mark")?.setAttribute("href", mark ? `${this.icons}#${ICONS[mark.state]}` : "");
    const words = this.words.get(id);
    if (words) words.textContent = mark ? `: ${note}` : "";
  }
}
