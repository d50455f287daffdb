/** The whole version beside its picture: what is wrong with it, its phases in order, its sections. */

import { Icon } from "../../canvas/Icon";
import { useDesk, useGraph } from "../desk";
import { type Finding, pageOf, phaseOf, type Section, type Target, targetOf, wayOf } from "../model";

export function Overview() {
  const { store, show, settings } = useDesk();
  const graph = useGraph();
  const go = (target: Target) => {
    store.select(target);
    const way = target.kind === "way" ? wayOf(graph, target.id) : undefined;
    show(way ? [way.source, way.target] : [target.id]);
  };
  return (
    <div className="panel-body is-overview">
      <Findings findings={graph.findings} onGo={go} />
      <section className="pg-section" aria-label="Phases">
        <h2>Phases</h2>
        <ol className="phase-list">
          {graph.phases.map(({ id, name, key }) => (
            <li key={id}>
              <button type="button" className="way-open" onClick={() => go({ kind: "phase", id })}>
                <span>{name}</span>
                <code>{key}</code>
              </button>
            </li>
          ))}
        </ol>
      </section>
      <section className="pg-section" aria-label="Sections">
        <h2>Sections</h2>
        {graph.sections.length === 0 && <p className="form-help">None.</p>}
        <ul className="section-list">
          {graph.sections.map((section) => (
            <li key={section.id}>
              <SectionLine section={section} url={pageOf(settings.urls.section, section.id)} onGo={go} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Findings({ findings, onGo }: { findings: readonly Finding[]; onGo: (target: Target) => void }) {
  const graph = useGraph();
  return (
    <section className="pg-section" aria-label="Findings">
      <h2>Findings</h2>
      <p className="sr-only" role="status">
        {findings.length === 0 ? "Nothing is wrong" : `${findings.length} found`}
      </p>
      {findings.length === 0 && (
        <p className="told-list tone-good">
          <Icon name="circle-check" className="toned" /> Nothing is wrong with this version.
        </p>
      )}
      <ul className="told-list">
        {findings.map((finding, index) => {
          const target = targetOf(graph, finding);
          return (
            <li key={index} className={finding.forbids ? "tone-bad" : "tone-waiting"}>
              <Icon name={finding.forbids ? "circle-x" : "triangle-alert"} className="toned" />
              {target ? (
                <button type="button" className="told-go" onClick={() => onGo(target)}>
                  {finding.message}
                </button>
              ) : (
                <span>{finding.message}</span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface LineProps {
  section: Section;
  url: string;
  onGo: (target: Target) => void;
}

function SectionLine({ section, url, onGo }: LineProps) {
  const graph = useGraph();
  const places = section.phases.flatMap((id) => phaseOf(graph, id) ?? []);
  const { prompts, opens, core } = section;
  return (
    <>
      <a className="pg-link" href={url}>
        {section.name}
      </a>
      <span className="form-help">
        {core ? "core" : "conditional"} · {prompts} prompt{prompts === 1 ? "" : "s"}
        {places.map(({ id, name }) => (
          <span key={id}>
            {" in "}
            <button type="button" className="pg-link" onClick={() => onGo({ kind: "phase", id })}>
              {name}
            </button>
          </span>
        ))}
      </span>
      {opens.length > 0 && (
        <span className="form-help">
          <Icon name="lock" /> opens: {opens.join("; ")}
        </span>
      )}
    </>
  );
}
