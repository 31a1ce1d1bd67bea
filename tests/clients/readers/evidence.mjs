// Evidence's connector, which opens the catalog for each query, read-only.
import runQuery from "@evidence-dev/duckdb";
import { serve } from "./serve.mjs";

await serve(async (link, questions) => {
  const found = [];
  for (const sql of questions) {
    const { rows } = await runQuery(sql, { filename: link });
    const batches = [];
    for await (const batch of rows()) batches.push(...batch);
    found.push(batches);
  }
  return found;
});
