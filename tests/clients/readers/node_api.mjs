// node-api, an instance each time.
import { DuckDBInstance } from "@duckdb/node-api";
import { serve } from "./serve.mjs";

await serve(async (link, questions) => {
  const instance = await DuckDBInstance.create(link, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const found = [];
  try {
    for (const sql of questions) {
      const reader = await connection.runAndReadAll(sql);
      found.push(reader.getRowObjectsJS());
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return found;
});
