// What the readers in JavaScript share; serve.py says what they do.
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export async function serve(ask) {
  const [link, stop] = process.argv.slice(2);
  const questions = JSON.parse(readFileSync(0, "utf8"));
  if (stop) await watch(stop, () => ask(link, questions));
  else print(await ask(link, questions));
}

async function watch(stop, look) {
  let last, reads = 0, torn = 0;
  while (!existsSync(stop)) {
    const [one, ...others] = (await look()).flat().flatMap(Object.values);
    reads += 1;
    torn += others.some((other) => other !== one);
    if (one !== last) print({ seen: (last = one) });
    await sleep(50);
  }
  print({ reads, torn });
}

function print(value) {
  const exact = (_, item) => (typeof item === "bigint" ? String(item) : item);
  console.log(JSON.stringify(value, exact));
}
