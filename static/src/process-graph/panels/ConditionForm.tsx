/** Who takes a way: a kind of condition, and what that kind asks; checked by the server as it is written. */

import { useEffect, useState } from "react";
import { ApiError } from "../../page/http";
import {
  ALWAYS,
  beginning,
  chosenIn,
  expressionIn,
  flagsIn,
  LISTS,
  missing,
  sameCondition,
  withFlag,
  withName,
} from "../conditions";
import { useDesk, useGraph, type Verdict } from "../desk";
import type { Choice, Condition } from "../model";
import { ChoiceField, Labelled } from "./Field";

interface Props {
  condition: Condition;
  errors: readonly string[];
  onStore: (condition: Condition) => void;
}

const CHECK_MS = 250;

export function ConditionForm({ condition, errors, onStore }: Props) {
  const { settings, canEdit } = useDesk();
  const [draft, setDraft] = useState(condition);
  const [known, setKnown] = useState(condition);
  if (!sameCondition(known, condition)) {
    setKnown(condition);
    setDraft(condition);
  }
  const isStored = sameCondition(draft, condition);
  const lacks = missing(draft);
  const verdict = useVerdict(draft, lacks === null);
  const take = (next: Condition) => {
    setDraft(next);
    if (missing(next) === null && next.type !== "expression") onStore(next);
  };
  const isWritten = draft.type === "expression" && !isStored;
  const faults = verdict.error ? [verdict.error] : isStored ? [] : errors;
  return (
    <div className="pg-condition">
      <ChoiceField
        label="Who takes it"
        value={draft.type || ALWAYS}
        choices={settings.words.conditions}
        onStore={(type) => take(beginning(type))}
      />
      <Details
        draft={draft}
        errors={faults}
        onChange={take}
        onLeave={() => isWritten && !lacks && onStore(draft)}
      />
      {lacks && !isStored && <p className="form-help">{lacks} Until then the way stays as it was.</p>}
      {!lacks && verdict.told && (
        <p className="pg-verdict" role="status">
          {verdict.told.words ? (
            <>
              Taken if <strong>{verdict.told.words}</strong>
            </>
          ) : (
            "Taken by everybody who comes to it."
          )}
        </p>
      )}
      {verdict.told?.unknown.map((each) => (
        <p key={each} className="field-error">
          {each}
        </p>
      ))}
      {isWritten && canEdit && (
        <button
          type="button"
          className="pg-button is-primary"
          disabled={lacks !== null}
          onClick={() => onStore(draft)}
        >
          Store the expression
        </button>
      )}
    </div>
  );
}

interface DetailsProps {
  draft: Condition;
  errors: readonly string[];
  onChange: (condition: Condition) => void;
  onLeave: () => void;
}

function Details({ draft, errors, onChange, onLeave }: DetailsProps) {
  const { settings, canEdit } = useDesk();
  const { sections, flags } = useGraph();
  const list = LISTS[draft.type];
  if (list === "scopes" || list === "boundaries") {
    const legend = list === "scopes" ? "What the person tells of" : "What the person lets be asked about";
    return <Names legend={legend} choices={settings.words[list]} {...{ draft, errors, onChange }} />;
  }
  if (list === "sections") {
    const choices = sections.map(({ key, name }) => ({ value: key, label: name }));
    return <Names legend="One of these sections" {...{ choices, draft, errors, onChange }} />;
  }
  if (draft.type === "profile_flag") return <Flags {...{ flags, draft, errors, onChange }} />;
  if (draft.type !== "expression") return <Faults errors={errors} />;
  return (
    <Labelled
      label="Expression"
      errors={errors}
      help='Of scope, profile, sections and answers, as profile.has_children && scope.type == "whole_life"'
    >
      {(ids) => (
        <textarea
          {...ids}
          rows={3}
          className="pg-input is-code"
          spellCheck={false}
          readOnly={!canEdit}
          value={expressionIn(draft)}
          onBlur={onLeave}
          onChange={(event) => onChange({ type: "expression", value: { expression: event.target.value } })}
        />
      )}
    </Labelled>
  );
}

interface ListProps {
  draft: Condition;
  errors: readonly string[];
  onChange: (condition: Condition) => void;
}

function Names({
  legend,
  choices,
  draft,
  errors,
  onChange,
}: ListProps & { legend: string; choices: Choice[] }) {
  const { canEdit } = useDesk();
  const chosen = new Set(chosenIn(draft));
  const gone = [...chosen].filter((name) => !choices.some(({ value }) => value === name));
  const all = [...choices, ...gone.map((value) => ({ value, label: `${value} (not there any more)` }))];
  return (
    <fieldset className="pg-list">
      <legend>{legend}</legend>
      {all.length === 0 && <p className="form-help">This version has none yet.</p>}
      {all.map(({ value, label }) => (
        <label key={value} className="pg-tick">
          <input
            type="checkbox"
            checked={chosen.has(value)}
            disabled={!canEdit}
            onChange={(event) => onChange(withName(draft, value, event.target.checked))}
          />
          {label}
        </label>
      ))}
      <Faults errors={errors} />
    </fieldset>
  );
}

function Flags({ flags, draft, errors, onChange }: ListProps & { flags: Choice[] }) {
  const { canEdit } = useDesk();
  const wanted = flagsIn(draft);
  const known = new Set(flags.map(({ value }) => value));
  const gone = Object.keys(wanted).filter((name) => !known.has(name));
  const all = [...flags, ...gone.map((value) => ({ value, label: `${value} (not there any more)` }))];
  return (
    <fieldset className="pg-list">
      <legend>What the profile says, all of it</legend>
      {all.map(({ value, label }) => {
        const want = wanted[value];
        return (
          <label key={value} className="pg-flag">
            <span>{label}</span>
            <select
              className="pg-input"
              disabled={!canEdit}
              value={want === undefined ? "" : want === true ? "yes" : want === false ? "no" : "other"}
              onChange={(event) => onChange(withFlag(draft, value, ANSWERS[event.target.value]))}
            >
              <option value="">either</option>
              <option value="yes">yes</option>
              <option value="no">no</option>
              {want !== undefined && typeof want !== "boolean" && (
                <option value="other">{JSON.stringify(want)}</option>
              )}
            </select>
          </label>
        );
      })}
      <Faults errors={errors} />
    </fieldset>
  );
}

const ANSWERS: Record<string, boolean> = { yes: true, no: false };

function Faults({ errors }: { errors: readonly string[] }) {
  return errors.length === 0 ? null : (
    <p className="field-error" role="alert">
      {errors.join(" ")}
    </p>
  );
}

/** What the server says of the condition, asked when it rests for a moment. */
function useVerdict(condition: Condition, isReady: boolean): { told: Verdict | null; error: string } {
  const { check, canEdit } = useDesk();
  const [answer, setAnswer] = useState<{ of: string; told: Verdict | null; error: string } | null>(null);
  const asked = JSON.stringify(condition);
  useEffect(() => {
    if (!isReady || !canEdit) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      check(JSON.parse(asked) as Condition, abort.signal).then(
        (told) => setAnswer({ of: asked, told, error: "" }),
        (error: unknown) => {
          const isFault = error instanceof ApiError && error.problem.status === 400;
          if (!abort.signal.aborted)
            setAnswer({ of: asked, told: null, error: isFault ? error.message : "" });
        },
      );
    }, CHECK_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, isReady, canEdit, check]);
  return answer?.of === asked && isReady ? answer : { told: null, error: "" };
}
