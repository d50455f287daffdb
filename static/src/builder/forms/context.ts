/** What a field needs to know about the part of the graph that its form is about. */

import { createContext, useContext } from "react";
import type { Finding } from "../model/findings";
import type { Offer } from "../model/naming";
import type { Steps } from "../model/change";

interface FormPlace {
  findings: readonly Finding[];
  offers: () => readonly Offer[];
}

export const FormContext = createContext<FormPlace>({ findings: [], offers: () => [] });

export function useOffers(): () => readonly Offer[] {
  return useContext(FormContext).offers;
}

/** Problems of what lies within this field. */
export function useFindingsWithin(steps: Steps): Finding[] {
  const path = `${steps.join(".")}.`;
  return useContext(FormContext).findings.filter((each) => each.path?.startsWith(path));
}

/** Problems of exactly this field. */
export function useFindings(steps: Steps): Finding[] {
  const path = steps.join(".");
  return useContext(FormContext).findings.filter((each) => each.path === path);
}
