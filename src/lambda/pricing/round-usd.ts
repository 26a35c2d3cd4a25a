/** Rounds dollars to millionths: prices per request are smaller than a cent. */
export function roundUsd(usd: number): number {
  return Number(usd.toFixed(6));
}
