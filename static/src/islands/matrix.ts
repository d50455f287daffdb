/** The editor of a decision matrix. */

import { setUpMatrix } from "../matrix/editor";

setUpMatrix();
