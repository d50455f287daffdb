/** The time slider: goes through a run event by event, and lists the events around the one that is shown. */

import { type KeyboardEvent, useSyncExternalStore } from "react";
import { Icon } from "../canvas/Icon";
import type { RunEvent } from "./marks";
import { type RunModel, SPEEDS } from "./model";

const AROUND = 4;

export function Player({ model }: { model: RunModel }) {
  useSyncExternalStore(model.subscribe, model.getVersion);
  const isNow = model.position === null;
  const event = model.timeline.events[model.at - 1];
  const said = isNow
    ? `Now, after event ${model.seq}`
    : `${model.at} of ${model.seq}: ${told(event, model.at)}`;
  const onKey = (key: KeyboardEvent) => {
    if (key.target instanceof HTMLInputElement || key.target instanceof HTMLSelectElement) return;
    if (key.key === "ArrowRight") void model.step(1);
    else if (key.key === "ArrowLeft") void model.step(-1);
    else return;
    key.preventDefault();
  };
  return (
    <div className="replay" role="group" aria-label="Replay" onKeyDown={onKey}>
      <div className="replay-buttons">
        <Press
          label="One event back"
          icon="chevron-left"
          act={() => void model.step(-1)}
          off={model.at <= 0}
        />
        {model.isPlaying ? (
          <Press label="Pause" icon="pause" act={() => model.pause()} />
        ) : (
          <Press label="Replay from here" icon="play" act={() => void model.play()} off={model.seq === 0} />
        )}
        <Press
          label="One event on"
          icon="chevron-right"
          act={() => void model.step(1)}
          off={isNow || model.at >= model.seq}
        />
      </div>
      <input
        type="range"
        aria-label="Event"
        aria-valuetext={said}
        min={0}
        max={model.seq}
        value={model.at}
        onChange={({ target }) => {
          model.pause();
          void model.seek(target.valueAsNumber);
        }}
      />
      <select
        className="select select-xs w-20 shrink-0"
        aria-label="Speed"
        value={model.speed}
        onChange={({ target }) => model.setSpeed(Number(target.value))}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={speed}>
            {speed}×
          </option>
        ))}
      </select>
      <output className="replay-text" title={said}>
        {model.problem || said}
      </output>
      <button
        type="button"
        className={`btn btn-xs btn-line ${isNow ? "invisible" : ""}`}
        onClick={() => model.end()}
      >
        Back to now
      </button>
    </div>
  );
}

function Press(props: { label: string; icon: string; act: () => void; off?: boolean }) {
  return (
    <button
      type="button"
      className="btn btn-sm btn-square btn-line"
      aria-label={props.label}
      title={props.label}
      disabled={props.off ?? false}
      onClick={props.act}
    >
      <Icon name={props.icon} />
    </button>
  );
}

function told(event: RunEvent | undefined, seq: number): string {
  if (seq === 0) return "before the run began";
  return event ? (event.sentence ?? event.type.replaceAll("_", " ")) : "loading…";
}

/** A few events before and after the one that is shown; a press goes there. */
export function EventWindow({ model }: { model: RunModel }) {
  useSyncExternalStore(model.subscribe, model.getVersion);
  if (model.position === null) return null;
  const first = Math.max(0, Math.min(model.position - AROUND, model.timeline.last - 2 * AROUND - 1) - 1);
  const around = model.timeline.events.slice(first, first + 2 * AROUND + 1);
  return (
    <ol className="moment-events" aria-label="Events around this one">
      {around.map((event) => (
        <li key={event.seq}>
          <button
            type="button"
            aria-current={event.seq === model.position ? "step" : undefined}
            onClick={() => {
              model.pause();
              void model.seek(event.seq);
            }}
          >
            <span className="tabular-nums text-muted">{event.seq}</span>
            <span>{told(event, event.seq)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
