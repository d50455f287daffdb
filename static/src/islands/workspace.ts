/** A workspace's pages: the timeline with its composer, and the steps of a description. */

import { watchComposer } from "../workspace/composer";
import { watchDescription } from "../workspace/described";
import { watchSteps } from "../workspace/steps";
import { Timeline } from "../workspace/timeline";

const box = document.querySelector<HTMLElement>("[data-timeline]");
if (box) {
  const timeline = new Timeline(box);
  const form = document.querySelector<HTMLFormElement>("[data-composer]");
  if (form) watchComposer(form, timeline);
}
const described = document.querySelector<HTMLFormElement>("[data-described]");
if (described) watchDescription(described);
const steps = document.querySelector<HTMLElement>("[data-steps]");
if (steps) watchSteps(steps);
