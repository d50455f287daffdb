/** A text whose sentences show, pointed at, focused or tapped, which answers they rest on. */

import { Sources } from "../process/sources";

const text = document.querySelector<HTMLElement>("[data-chapter]");

if (text) new Sources(text);
