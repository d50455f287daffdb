/** Charts of the analytics pages: each draws what its table says, and the table is one press away. */

import { setUpCharts } from "../charts/cards";

setUpCharts();
