/** Pages of trading: uploads of tapes, and runs of strategies that are followed as they go on. */

import { followRuns } from "../trading/following";
import { watchUploads } from "../trading/uploads";

watchUploads();
followRuns();
