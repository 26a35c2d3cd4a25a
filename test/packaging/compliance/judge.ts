/** A synthesized app and its output. */
export interface Judged {
  readonly name: string;
  /** The cloud assembly of the app. */
  readonly assembly: string;
  /** The paths of the app's templates. */
  readonly templates: readonly string[];
  /** The file with the findings that cdk-nag wrote during the synthesis. */
  readonly nag: string;
}

export interface Finding {
  readonly app: string;
  readonly rule: string;
  readonly text: string;
}

/** The reason for something that a judge finds. */
export interface Explanation {
  readonly rule: RegExp;
  readonly text?: RegExp;
  readonly why: string;
}

/** An independent tool that checks what the construct makes. */
export interface Judge {
  readonly name: string;
  readonly explained: readonly Explanation[];
  /** Matches the rule and the text that the judge reports for an app that `spoil` broke. */
  readonly violation: RegExp;
  judge(apps: readonly Judged[]): Finding[];
  /**
   * Breaks an app in a way that the judge must detect, or returns an app that is already broken.
   */
  spoil(app: Judged): Judged;
}

export function explanationOf(judge: Judge, finding: Finding): Explanation | undefined {
  return judge.explained.find(
    ({ rule, text }) => rule.test(finding.rule) && (text?.test(finding.text) ?? true),
  );
}
