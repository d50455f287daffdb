/** The page of a strategy session: keys for its review, and steps that replace themselves without a loss. */

import { keepParts } from "../strategy/keeping";
import { watchReview } from "../strategy/reviewing";

keepParts();
watchReview();
