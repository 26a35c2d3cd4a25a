/** Compares what runs claim, and the messages that they send, with the history of the buckets. */
import type { ArchiverName, Variant } from './archivers';
import type { History, LedgerPart, Tick } from './history';
import type { ArchivedVersion, LedgerLine } from '../../../src/contract/payloads/ledger-line';
import { getArchivedVersions } from '../../../src/lambda/ledger/merge-lines';

export interface RunInput {
  readonly action: 'archive' | 'restore' | 'verify';
  readonly date?: string;
  readonly run?: string;
  readonly deep?: boolean;
}

/** A run that has ended. */
export interface EndedRun {
  readonly name: string;
  readonly archiver: ArchiverName;
  readonly variant: Variant;
  readonly input: RunInput;
  readonly status: string;
  readonly error: string | null;
  readonly cause: string | null;
  readonly messages: readonly { readonly subject: string | null; readonly message: string }[];
  readonly from: Tick;
  readonly to: Tick;
  /** Something failed, or was executed late, meanwhile. */
  readonly isDisturbed: boolean;
  /** Another writer removed something from the archive or from a ledger meanwhile. */
  readonly isSabotaged: boolean;
}

/** What the verifications of a soak came to. */
export interface Verdicts {
  fine: number;
  alarms: number;
}

/** A version that a line names. */
type Version = ArchivedVersion & { readonly line: LedgerLine };

export class Judge {
  readonly verdicts: Verdicts = { fine: 0, alarms: 0 };

  constructor(
    private readonly history: History,
    private readonly ended: readonly EndedRun[],
  ) {}

  judge(run: EndedRun): string[] {
    const found = run.input.action === 'verify' ? this.judgeVerification(run) : this.judgeMove(run);
    return found.map(
      (each) => `${run.name} (${run.archiver}, ${JSON.stringify(run.input)}): ${each}`,
    );
  }

  private judgeVerification(run: EndedRun): string[] {
    const isFine = run.status === 'SUCCEEDED' && run.messages.length === 0;
    this.verdicts[isFine ? 'fine' : 'alarms'] += 1;
    return isFine ? this.falseFine(run) : this.falseAlarms(run);
  }

  /** A verification says nothing. Then nothing of what it claims may be lost. */
  private falseFine({ archiver, variant, input, from, to }: EndedRun): string[] {
    const found: string[] = [];
    for (const claimed of this.claimedRuns(archiver, variant, input, from)) {
      if (!this.hasReport(claimed, from)) {
        found.push(`false fine: ${claimed.name} has no report`);
      }
      for (const { lines, removedAt } of this.partsOf(claimed)) {
        if (removedAt !== undefined && removedAt <= from && lines.length > 0) {
          found.push(`false fine: a part of the ledger of ${claimed.name} is gone`);
        }
        for (const version of lines.flatMap(toVersions)) {
          found.push(...this.lossOf(version, claimed, from, to));
        }
      }
    }
    return found;
  }

  private lossOf(
    { line: { key }, etag, destination }: Version,
    claimed: EndedRun,
    from: Tick,
    to: Tick,
  ): string[] {
    const content = this.history.contentOf({ key, etag });
    if (content === undefined || this.history.held('archive', destination, content, from, to)) {
      return [];
    }
    // A restored line may explain it, but only if the old key holds that version.
    if (this.history.held('source', key, content, from, to) && this.hasRestored(key)) {
      return [];
    }
    return [
      `false fine: ${destination} does not hold ${key} (${content}), which ${claimed.name} ` +
        'archived',
    ];
  }

  private hasRestored(key: string): boolean {
    return [...this.history.parts.values()].some(({ lines }) =>
      lines.some((line) => line.status === 'restored' && line.key === key),
    );
  }

  private falseAlarms(run: EndedRun): string[] {
    const {
      archiver,
      variant,
      input,
      from,
      to,
      status,
      error,
      cause,
      isDisturbed,
      isSabotaged,
      messages,
    } = run;
    const findings = this.linesOf(run);
    const found = findings
      .filter(({ status: finding }) => ['missing', 'changed'].includes(finding))
      .filter(({ key, etag, destination }) => {
        const content = this.history.contentOf({ key, etag });
        return (
          content !== undefined && !this.history.lacked('archive', destination, content, from, to)
        );
      })
      .map(
        (line) =>
          `false alarm: ${line.status as string} ${line.destination}, which the archive holds`,
      );
    if (isDisturbed || isSabotaged || found.length > 0) {
      return found;
    }
    if (status === 'FAILED' && error !== 'ObjectsUnaccounted') {
      return [`false failure: ${error} ${cause}`];
    }
    if (findings.some((line) => ['missing', 'changed'].includes(line.status))) {
      return [];
    }
    const claimed = this.claimedRuns(archiver, variant, input, from);
    const isGap = ({ lines, removedAt }: LedgerPart) =>
      removedAt !== undefined || lines.flatMap(toVersions).some(isWithoutProof);
    const isUnprovable = claimed.some(
      (each) => !this.hasReport(each, from) || this.partsOf(each).some(isGap),
    );
    // Runs that began before it and went on are named, which alone is no reason for a message.
    return isUnprovable
      ? []
      : [
          'false alarm: ' +
            `${messages.map(({ subject, message }) => `${subject}\n${message}`).join('\n')}`,
        ];
  }

  private judgeMove(run: EndedRun): string[] {
    const { status, error, cause, messages, isDisturbed } = run;
    const lines = this.linesOf(run);
    const unjustified = lines
      .filter((line) => !this.isJustified(run, line))
      .map(({ status: said, code, key, message }) => `false ${said}: ${code} ${key}: ${message}`);
    if (isDisturbed) {
      return [];
    }
    const isExplained = lines.some(
      (line) => line.status === 'failed' || line.status === 'conflicting',
    );
    if (unjustified.length > 0 || isExplained) {
      return unjustified;
    }
    if (status !== 'SUCCEEDED' && error !== 'LedgerChanged' && !run.isSabotaged) {
      return [`false failure: ${status} ${error} ${cause}`];
    }
    // A user asked for a restore, and learns what lies twice after it, or that there was nothing
    // to restore.
    if (run.input.action === 'restore') {
      return [];
    }
    return status === 'SUCCEEDED' && messages.length > 0
      ? [`false alarm: ${messages.map(({ message }) => message).join('\n')}`]
      : [];
  }

  /** Whether another writer did what a line gives as the reason that an object was not moved. */
  private isJustified({ input, from, to }: EndedRun, line: LedgerLine): boolean {
    const { key, etag, destination, status } = line;
    if (status !== 'failed' && status !== 'conflicting') {
      return true;
    }
    const { history } = this;
    if (input.action === 'restore') {
      const wasGone = history.lacked(
        'archive',
        destination,
        history.contentOf({ key, etag }),
        from,
        to,
      );
      // Under a flat name, another object with the same bytes may have taken the place of one that
      // another writer removed.
      const isOther =
        history.heldOther('source', key, line) || history.heldOther('archive', destination, line);
      return wasGone || (status === 'conflicting' && isOther);
    }
    const isRewritten = history.heldOther('source', key, line);
    return (
      isRewritten || (status === 'conflicting' && history.heldOther('archive', destination, line))
    );
  }

  /** The runs that a verification must claim: they had ended when it began. */
  private claimedRuns(
    archiver: ArchiverName,
    { reportPrefix }: Variant,
    { run, date }: RunInput,
    from: Tick,
  ): EndedRun[] {
    return this.ended.filter(
      (each) =>
        each.input.action === 'archive' &&
        each.archiver === archiver &&
        each.variant.reportPrefix === reportPrefix &&
        each.to <= from &&
        (run === undefined ? each.input.date === date : each.name === run) &&
        this.partsOf(each).length > 0,
    );
  }

  private hasReport({ name, variant }: EndedRun, at: Tick): boolean {
    return [...this.history.reports].some(
      ([key, written]) =>
        written <= at && key.startsWith(variant.reportPrefix) && key.includes(`/${name}/`),
    );
  }

  private partsOf({ name, variant }: EndedRun) {
    return [...this.history.parts]
      .filter(([key]) => key.startsWith(variant.reportPrefix) && key.includes(`/run=${name}/`))
      .map(([, part]) => part);
  }

  /** The last line of each object. */
  private linesOf(run: EndedRun): LedgerLine[] {
    const last = new Map<string, LedgerLine>();
    for (const line of this.partsOf(run).flatMap(({ lines }) => lines)) {
      const there = last.get(`${line.key}\n${line.destination}`);
      if (!there || there.at <= line.at) {
        last.set(`${line.key}\n${line.destination}`, line);
      }
    }
    return [...last.values()];
  }
}

/** A line without proof is named as unproven, and claims nothing. */
function toVersions(line: LedgerLine): Version[] {
  return getArchivedVersions(line).map((version) => ({ ...version, line }));
}

const isWithoutProof = ({ proof, archivedEtag }: Version) =>
  proof !== undefined || archivedEtag === undefined;
