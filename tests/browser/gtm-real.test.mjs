/**
 * The templates in Google's own code. That is nobody's but Google's, and so not here: env `GTM_JS` names a published gtm.js.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { containerWith } from "../gtm/real/container.mjs";
import { readTemplate } from "../gtm/template-file.mjs";
import { visiting } from "./support/gtm.mjs";
import { until } from "./support/until.mjs";
