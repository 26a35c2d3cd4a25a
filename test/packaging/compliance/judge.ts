/** An app that was synthesized, and what it came to. */
export interface Judged {
  readonly name: string;
  /** Its cloud assembly. */
  readonly assembly: string;
  /** Paths of its templates. */
  readonly templates: readonly string[];
  /** What cdk-nag wrote down as it was synthesized. */
  readonly nag: string;
}

export interface Finding {
  readonly app: string;
  readonly rule: string;
  readonly text: string;
}

/** Why something that a judge finds is as it is. */
export interface Explanation {
  readonly rule: RegExp;
  readonly text?: RegExp;
  readonly why: string;
}

/** Somebody else's opinion of what the construct makes. */
export interface Judge {
  readonly name: string;
  readonly explained: readonly Explanation[];
  /** What it says of an app that `spoil` broke, rule and text. */
  readonly violation: RegExp;
  judge(apps: readonly Judged[]): Finding[];
  /** Breaks an app in a way that the judge has to see, or gives one that is broken. */
  spoil(app: Judged): Judged;
}

export function explanationOf(judge: Judge, finding: Finding): Explanation | undefined {
  return judge.explained.find(({ rule, text }) => rule.test(finding.rule) && (text?.test(finding.text) ?? true));
}
