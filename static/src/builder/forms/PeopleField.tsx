/** Whom an approval asks: chips, and a box that finds people and roles by name. */

import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { Icon } from "../../canvas/Icon";
import type { Json } from "../../canvas/graph";
import { withoutPlace } from "../../editor/problems";
import { callApi } from "../../page/http";
import { useBench } from "../bench";
import type { Steps } from "../model/change";
import { useFindingsWithin } from "./context";
import { type Choice, choicesFor, labelOfAddress, peopleIn } from "./people";

const CALM_MS = 200;

interface Props {
  label: string;
  steps: Steps;
  value: Json | undefined;
  onChange: (addresses: string[]) => void;
}

export function PeopleField({ label, steps, value, onChange }: Props) {
  const chosen = Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const { known, offered } = usePeople(typed);
  const faults = useFindingsWithin(steps);
  const list = useId();
  const choices = choicesFor(typed, offered, chosen);
  const current = Math.min(at, choices.length - 1);
  const shown = isOpen && choices.length > 0;

  const type = (text: string) => {
    setTyped(text);
    setAt(0);
    setOpen(true);
  };
  const take = ({ address }: Choice) => {
    onChange([...chosen, address]);
    type("");
  };
  const press = (event: KeyboardEvent) => {
    const choice = choices[current];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : choices.length - 1;
      setAt(shown ? (current + step) % choices.length : 0);
      setOpen(true);
    } else if (event.key === "Enter" && shown && choice) take(choice);
    else if (event.key === "Escape" && shown) setOpen(false);
    else if (event.key === "Backspace" && typed === "" && chosen.length > 0) onChange(chosen.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="people-field">
      <div className="people-box">
        {chosen.map((address) => (
          <Chip
            key={address}
            address={address}
            known={known}
            onRemove={() => onChange(chosen.filter((each) => each !== address))}
          />
        ))}
        <input
          type="text"
          role="combobox"
          aria-label={`${label}: find people and roles`}
          aria-expanded={shown}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={shown ? `${list}-${current}` : undefined}
          placeholder={chosen.length > 0 ? "" : "Find people and roles"}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => type(event.target.value)}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={press}
        />
      </div>
      <ul
        id={list}
        role="listbox"
        aria-label={`${label}: who can be asked`}
        className="people-list"
        hidden={!shown}
      >
        {choices.map((choice, index) => (
          <li
            key={choice.address}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === current}
            onPointerDown={(event) => event.preventDefault()} // the box keeps the focus
            onClick={() => take(choice)}
          >
            <Icon name={choice.address.startsWith("role:") ? "users" : "user"} />
            <span className="truncate">{choice.label}</span>
            <span className="ml-auto shrink-0 text-muted">
              {choice.isBlind ? "does not see this" : choice.note}
            </span>
          </li>
        ))}
      </ul>
      {faults.map((each) => (
        <p key={each.path} className="field-error">
          {withoutPlace(each)}
        </p>
      ))}
    </div>
  );
}

function Chip(props: { address: string; known: readonly Choice[]; onRemove: () => void }) {
  const { address, known, onRemove } = props;
  const name = labelOfAddress(address, known);
  const isBlind = known.find((each) => each.address === address)?.isBlind === true;
  return (
    <span
      className="tag"
      title={isBlind ? `${address}: cannot answer, since the workflow is not shared with them` : address}
    >
      <Icon
        name={isBlind ? "triangle-alert" : address.startsWith("role:") ? "users" : "user"}
        className="size-3"
      />
      <span className="truncate">{name}</span>
      {isBlind && <span className="sr-only">: does not see this workflow</span>}
      <button type="button" aria-label={`Remove ${name}`} onClick={onRemove}>
        <Icon name="x" className="size-3" />
      </button>
    </span>
  );
}

/** Those found by what is typed, and everybody found so far. */
function usePeople(typed: string): { known: readonly Choice[]; offered: readonly Choice[] } {
  const { settings } = useBench();
  const [known, setKnown] = useState<readonly Choice[]>([]);
  const [offered, setOffered] = useState<readonly Choice[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const wait = typed ? CALM_MS : 0;
    const timer = setTimeout(() => {
      const url = `${settings.urls.people}?search=${encodeURIComponent(typed)}`;
      callApi("GET", url, undefined, stop.signal).then(
        (answer) => {
          const found = peopleIn(answer as Json);
          setOffered(found);
          setKnown((before) => [
            ...found,
            ...before.filter((each) => !found.some((one) => one.address === each.address)),
          ]);
        },
        () => undefined, // names can still be typed
      );
    }, wait);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [typed, settings]);
  return { known, offered };
}
