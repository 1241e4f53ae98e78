/** Code lengths of a Huffman code in which no symbol has more than `limit` bits; unused symbols have 0. */
export function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const used = [...counts.keys()].filter((symbol) => counts[symbol] > 0);
  if (used.length === 1) lengths[used[0]] = 1;
  if (used.length < 2) return lengths;
  let weights = Array.from(counts);
  for (;;) {
    // Two queues, each in ascending order: leaves, and the nodes made of them.
    const leaves = used.map((symbol) => ({ weight: weights[symbol], symbols: [symbol] })).sort((a, b) => a.weight - b.weight);
    const nodes: { weight: number; symbols: number[] }[] = [];
    lengths.fill(0);
    const lightest = (): { weight: number; symbols: number[] } => {
      const fromLeaves = nodes.length === 0 || (leaves.length > 0 && leaves[0].weight <= nodes[0].weight);
      return (fromLeaves ? leaves.shift() : nodes.shift()) as { weight: number; symbols: number[] };
    };
    while (leaves.length + nodes.length > 1) {
      const [a, b] = [lightest(), lightest()];
      const symbols = [...a.symbols, ...b.symbols];
      for (const symbol of symbols) lengths[symbol]++;
      nodes.push({ weight: a.weight + b.weight, symbols });
    }
    if (Math.max(...lengths) <= limit) return lengths;
    // Flatter weights make a flatter tree; the loss is far below a percent.
    weights = weights.map((weight) => (weight === 0 ? 0 : (weight >>> 1) + 1));
  }
}

/** The canonical codes of these lengths, bit-reversed: deflate writes them from the lowest bit. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const perLength = new Uint16Array(17);
  for (const length of lengths) if (length > 0) perLength[length + 1]++;
  for (let length = 1; length < 17; length++) perLength[length] = (perLength[length] + perLength[length - 1]) << (length > 1 ? 1 : 0);
  const next = perLength;
  return Uint16Array.from(lengths, (length) => {
    if (length === 0) return 0;
    let code = next[length]++;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++, code >>>= 1) reversed = (reversed << 1) | (code & 1);
    return reversed;
  });
}
