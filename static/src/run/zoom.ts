/** Zooming and dragging a picture inside its box. Without a script the box simply scrolls. */

const LEAST = 0.2;
export const MOST = 2;
const STEP = 1.25;
const ROOMY = 600;

/** The scale at which a picture is first shown: whole if it can be read then, else so that it can. */
export function firstScale(width: number, height: number, roomX: number, roomY: number): number {
  const whole = Math.min(1, roomX / width, roomY / height);
  if (whole >= 0.75) return whole;
  const wide = Math.min(1, roomX / width);
  if (wide >= 0.55) return wide;
  return roomX >= ROOMY ? Math.max(wide, 0.35) : 0.8; // an overview, or a part that can be read
}

export function watchGraphs(root: ParentNode = document): void {
  for (const graph of root.querySelectorAll<HTMLElement>("[data-graph]")) new Zoom(graph);
}

class Zoom {
  private readonly view: HTMLElement;
  private readonly svg: SVGSVGElement;
  private readonly width: number;
  private readonly height: number;
  private scale = 1;

  constructor(graph: HTMLElement) {
    const view = graph.querySelector<HTMLElement>("[data-graph-view]");
    const svg = view?.querySelector("svg");
    if (!view || !svg) throw new Error("A graph has a view with a picture.");
    [this.view, this.svg] = [view, svg];
    this.width = svg.viewBox.baseVal.width;
    this.height = svg.viewBox.baseVal.height;
    const tools = graph.querySelector<HTMLElement>("[data-graph-tools]");
    tools?.removeAttribute("hidden");
    tools?.addEventListener("click", (event) => this.press(event));
    view.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    view.addEventListener("pointerdown", (event) => this.drag(event));
    this.to(firstScale(this.width, this.height, view.clientWidth, this.tallest()));
    this.findWork();
  }

  private tallest(): number {
    return Math.max(200, Number.parseFloat(getComputedStyle(this.view).maxHeight) || this.height);
  }

  private to(scale: number, x = this.view.clientWidth / 2, y = this.view.clientHeight / 2): void {
    const next = Math.min(MOST, Math.max(LEAST, scale));
    const ratio = next / this.scale;
    const left = (this.view.scrollLeft + x) * ratio - x;
    const top = (this.view.scrollTop + y) * ratio - y;
    this.scale = next;
    this.svg.style.width = `${Math.round(this.width * next)}px`;
    this.svg.style.height = `${Math.round(this.height * next)}px`;
    this.view.scrollTo(left, top);
  }

  /** Scroll to what is going on, where not all can be seen. */
  private findWork(): void {
    const busy =
      this.svg.querySelector<SVGGElement>(
        ":is([data-state=waiting], [data-state=running], [data-state=failed])",
      ) ?? this.svg.querySelector<SVGGElement>("[data-node]");
    const box = busy?.querySelector(".node-box");
    if (!box) return;
    const middle = (near: string, size: string) =>
      (Number(box.getAttribute(near)) + Number(box.getAttribute(size)) / 2) * this.scale;
    this.view.scrollTo(
      middle("x", "width") - this.view.clientWidth / 2,
      middle("y", "height") - this.view.clientHeight / 2,
    );
  }

  private press(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-zoom]") : null;
    const wish = button?.dataset.zoom;
    if (wish === "in") this.to(this.scale * STEP);
    if (wish === "out") this.to(this.scale / STEP);
    if (wish === "fit")
      this.to(Math.min(1, this.view.clientWidth / this.width, this.tallest() / this.height));
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = this.view.getBoundingClientRect();
    const factor = Math.exp(-event.deltaY / 300);
    this.to(this.scale * factor, event.clientX - frame.left, event.clientY - frame.top);
  }

  private drag(start: PointerEvent): void {
    if (start.button !== 0 || start.pointerType !== "mouse") return;
    const [left, top] = [this.view.scrollLeft, this.view.scrollTop];
    const move = (event: PointerEvent) => {
      this.view.scrollTo(left + start.clientX - event.clientX, top + start.clientY - event.clientY);
      this.view.classList.add("dragging");
    };
    const end = () => {
      removeEventListener("pointermove", move);
      this.view.classList.remove("dragging");
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
    addEventListener("pointercancel", end, { once: true });
  }
}
