/** Uploads of tapes: how much of the file is there, and that the server reads it then. */

import { watchUploads } from "../trading/uploads";

watchUploads();
