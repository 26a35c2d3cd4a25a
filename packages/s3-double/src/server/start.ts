import type { AddressInfo } from 'node:net';
import { type Bill, newBill, resetBill } from './bill';
import { createS3Server } from './server';
import { type Fault, FaultInjector, type FaultPlan } from '../faults/faults';
import { Throttle, type Throttling } from '../faults/throttle';
import type { Hooks } from '../http/call';
import type { S3Guard } from '../http/context';
import { ObjectStore } from '../store/store';

export interface S3DoubleOptions {
  /** 0, the default: any free port. */
  port?: number;
  now?: () => Date;
  /** What every request takes longer. */
  latencyMs?: number;
  faults?: FaultPlan;
  /** An access key whose requests meet no planned fault. */
  sparedFromFaults?: string;
  /** Largest source of a CopyObject. Default: 5 GiB. */
  copyLimitBytes?: number;
  /** Smallest part of a multipart upload, except the last. Default: 5 MiB. */
  minPartBytes?: number;
  hooks?: Hooks<Fault>;
  throttling?: Throttling;
  /**
   * What `aws:SecureTransport` is to bucket policies. Default: false, as the double speaks HTTP
   * only.
   */
  secureTransport?: boolean;
  /** The account that owns the buckets. Default: 123456789012. */
  account?: string;
  /** Default: everything is allowed. */
  guard?: S3Guard;
}

/** An S3 on loopback, strict about what S3's documentation says, with its objects in memory. */
export interface S3Double {
  readonly endpoint: string;
  readonly store: ObjectStore;
  /** By operation, as the SDK calls it. */
  readonly requests: Record<string, number>;
  readonly bill: Bill;
  /** By kind. */
  readonly faultsInjected: Record<string, number>;
  /** Resets the counts of requests and the bill. */
  resetRequests(): void;
  close(): Promise<void>;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

export async function startS3(options: S3DoubleOptions = {}): Promise<S3Double> {
  const store = new ObjectStore(
    options.now ?? (() => new Date()),
    options.account ?? '123456789012',
  );
  const requests: Record<string, number> = {};
  const bill = newBill();
  const faultsInjected: Record<string, number> = {};
  const server = createS3Server({
    store,
    limits: {
      copyBytes: options.copyLimitBytes ?? 5 * GIB,
      minPartBytes: options.minPartBytes ?? 5 * MIB,
    },
    latencyMs: options.latencyMs ?? 0,
    faults: options.faults && new FaultInjector(options.faults),
    sparedFromFaults: options.sparedFromFaults,
    hooks: options.hooks ?? {},
    throttle: options.throttling && new Throttle(options.throttling),
    secureTransport: options.secureTransport ?? false,
    guard: options.guard,
    requests,
    bill,
    faultsInjected,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    requests,
    bill,
    faultsInjected,
    resetRequests: () => {
      for (const operation of Object.keys(requests)) {
        delete requests[operation];
      }
      resetBill(bill);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
