import type { Verdict } from '../../../verdict/judgement.js';
import type { Style } from '../../style.js';
import { paintVerdict } from '../../words.js';
import { wrap } from '../../wrap.js';

/** What each verdict means, and what a reap does about it. */
const LEGEND: Readonly<Record<Verdict, readonly [means: string, reap: string]>> = {
  orphan: ['nobody owns it any more, and a trace shows who did', 'ended once it is proven idle for 30 minutes'],
  leftover: [
    'a helper whose agent is gone',
    'MCP servers are ended once nobody owned them for 30 minutes; tools with --include leftover',
  ],
  superseded: ['a younger process of the same user holds its session', 'only with --include superseded'],
  disowned: ['its host stopped, archived or forgot its session', 'only with --include disowned'],
  idle: ['it has an owner and has rested past the threshold', 'only with --include idle'],
  live: ['it has an owner, and works or may be working', 'never'],
  zombie: ['it has ended; its parent has to fetch its exit status', 'never: there is nothing to end'],
  protected: ['a rule keeps it: yours, or that of sesswatch', 'never'],
  unknown: ['too little could be read, or it seems left running on purpose', 'only by name: --pid'],
};

/** The verdicts in their colours: `sesswatch help verdicts`. */
export function verdictsText(style: Style, width: number | undefined): string[] {
  const room = width === undefined ? undefined : width - INDENT;
  return (Object.keys(LEGEND) as Verdict[]).flatMap((verdict) => {
    const [means, reap] = LEGEND[verdict];
    const [first = '', ...rest] = wrap(means, room);
    return [
      paintVerdict(verdict, verdict, style) + ' '.repeat(INDENT - verdict.length) + first,
      ...rest.map((line) => ' '.repeat(INDENT) + line),
      ...wrap(`reap: ${reap}`, room).map((line) => ' '.repeat(INDENT) + style.dim(line)),
    ];
  });
}

const INDENT = 12;
