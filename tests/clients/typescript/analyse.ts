// A program written against generated types: node analyse.js SERVER KEY. tsc checks it, and it runs.

import type { components, operations, paths } from "./api";

type Schemas = components["schemas"];
type Query = NonNullable<operations["ondemand_analysis_stream"]["parameters"]["query"]>;
type Analysis = paths["/v1/analysis/stream"]["post"]["responses"][200]["content"]["application/json"];

declare const process: { argv: string[] };
const [, , server, key] = process.argv;

const query: Query = { models: "key,chords" };
const audio = await (await fetch(`${server}/sample.wav`)).arrayBuffer();
const answer = await fetch(`${server}/v1/analysis/stream?${new URLSearchParams(query as Record<string, string>)}`, {
  method: "POST",
  headers: { Authorization: `Bearer ${key}` },
  body: audio,
});
for (const line of (await answer.text()).split("\n")) {
  if (line.startsWith("data: ")) console.log(described(JSON.parse(line.slice("data: ".length))));
}

function described(event: Schemas["StreamEvent"]): string {
  switch (event.status) {
    case "started":
      return `started ${event.total_models}`;
    case "partial":
      return `${event.result.model_name} at ${event.at}`;
    case "completed":
      return `${event.result.model_name} ${result(event.result.results)}`;
    case "error":
      return event.model_name ?? event.error;
    case "finished":
      return `finished ${(event.warnings ?? []).map((warning) => warning.code)}`;
    default:
      // There is no other event.
      return event satisfies never;
  }
}

function result(found: Schemas["Result"]): string {
  // Both versions of a model may be there; each has a type of its own.
  if ("scale" in found && "strength" in found) return `${found.key[0]} ${found.scale[0]}`;
  if ("chords" in found)
    return found.chords.map((each: Pick<Schemas["ChordsV1Chord"], "chord">) => each.chord).join(" ");
  return "of another type";
}

export function tempo(analysis: Analysis): number | null {
  // @ts-expect-error: a document has one form or the other
  analysis.tempo;
  // @ts-expect-error: a key is not a number
  const wrong: number = ({} as Schemas["KeyV1"]).key[0];
  return "tempo" in analysis ? analysis.tempo : wrong;
}
