// Our ticket on standard input -> what npos makes of it, as JSON. It stops at an unknown command.
// One rule is added: npos does not know `GS ( k` (two-dimensional codes).
const { readFileSync } = require("node:fs");
const npos = require("npos");
const rules = require("npos/lib/parser/rules");

rules[0x1d]["(k"] = [0, "d16"];

const raw = readFileSync(0);
npos.parser(rules).parse(raw).then(
  (found) => {
    const tokens = found.tree.map((node) => ({ name: node.ascii + " " + (node.fn || ""), length: node.length }));
    const pictures = found.entries
      .filter((entry) => entry.type === "raster")
      .map(({ data }) => ({ width: data.width, height: data.height, pixels: Buffer.from(data.data).toString("base64") }));
    console.log(JSON.stringify({ error: null, tokens, pictures }));
  },
  (error) => console.log(JSON.stringify({ error: String(error), tokens: [], pictures: [] })),
);
