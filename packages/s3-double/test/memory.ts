/**
 * Measures the memory that a million objects of 1 KiB take: tsx packages/s3-double/test/memory.ts
 * [COUNT]. The exit status is 1 if it is more than 2 GiB.
 */
import { startS3 } from '../src';

const LIMIT_MIB = 2048;

async function main(count: number): Promise<void> {
  const double = await startS3();
  double.store.createBucket('bucket');
  const began = Date.now();
  for (let i = 0; i < count; i++) {
    // Each object has different content, and the keys are not in order.
    double.store.put(
      'bucket',
      `incoming/host-${i % 997}/2026-11-24-${i}.json`,
      String(i).padEnd(1024, '.'),
    );
  }
  console.log(`${count} objects put in ${seconds(began)} s`);
  console.log(`${await listed(double.endpoint)} listed in ${seconds(began)} s`);
  await double.close();
  const mib = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`at most ${mib} MiB in memory`);
  process.exitCode = mib > LIMIT_MIB ? 1 : 0;
}

/**
 * Lists without a client that parses the responses, because the client's memory is not the double's
 * memory.
 */
async function listed(endpoint: string): Promise<number> {
  let sum = 0;
  let token: string | undefined;
  do {
    const parameters = new URLSearchParams({
      'list-type': '2',
      ...(token && { 'continuation-token': token }),
    });
    const page = await (await fetch(`${endpoint}/bucket?${parameters}`)).text();
    sum += Number(/<KeyCount>(\d+)</.exec(page)?.[1]);
    token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1];
  } while (token !== undefined);
  return sum;
}

function seconds(began: number): number {
  return Math.round((Date.now() - began) / 1000);
}

void main(Number(process.argv[2] ?? 1_000_000));
