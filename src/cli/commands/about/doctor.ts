import { SesswatchError } from '../../../errors.js';
import { doctorText } from '../../../output/text/machine/doctor.js';
import { examineEnvironment, type Finding } from '../../../process/environment.js';
import type { ProcessSource } from '../../../process/scan.js';
import { scheduleStatus } from '../../../schedule/status.js';
import { timerFinding } from '../../../schedule/text.js';
import { stateHome } from '../../../state/home.js';
import { counted } from '../../../units.js';
import { EXIT_DONE } from '../../exit-codes.js';
import { type Command, type Invocation, printJson } from '../../invocation.js';
import { openWorld, refuseFrom, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { schedulePlace } from '../act/schedule.js';

/** What this machine lets sesswatch see, and what that means. */
export const doctor: Command<unknown> = async (invocation, options) => {
  refuseFrom(options, 'doctor looks at this machine');
  const world = await openWorld(invocation, options);
  const examined = await examineEnvironment({
    platform: invocation.platform,
    env: invocation.env,
    stateHome: stateHome(invocation),
    configFiles: world.config.files.map(({ file }) => file),
    now: invocation.now(),
  });
  const table = invocation.platform === 'linux' ? [] : [await tableOf(world.source)];
  const findings = [...table, ...examined.findings, ...timerOf(invocation)];
  const healthy = findings.every(({ level }) => level !== 'problem');
  const report = { ...examined, healthy, findings };
  if (options.json === true) {
    printJson(invocation, report);
    return EXIT_DONE;
  }
  const style = await styleOf(invocation, world);
  const paint = { ok: style.green, note: style.yellow, problem: style.red };
  invocation.out(doctorText(report, (text, level) => paint[level](text), widthOf(invocation, options)));
  return EXIT_DONE;
};

/** Where no folder tells whether the process table can be read, reading it does. */
async function tableOf(source: ProcessSource): Promise<Finding> {
  const topic = 'process table';
  try {
    const { complete, problems, processes, source: name } = await source.scan();
    const found = `${counted(processes.length, 'process', 'processes')} by ${name}`;
    if (complete) return { topic, level: 'ok', found };
    const means = 'every scan is incomplete: nothing is counted and nothing ended';
    return {
      topic,
      level: 'problem',
      found: `${found}, ${problems[0]?.what ?? 'not all of them'}`,
      means,
      mend: problems[0]?.hint,
    };
  } catch (error) {
    if (!(error instanceof SesswatchError)) throw error;
    return { topic, level: 'problem', found: error.message, means: 'no agent is seen', mend: error.hint };
  }
}

/** What is scheduled, and whether anything runs it; a state folder that is refused is told instead. */
function timerOf(invocation: Invocation): Finding[] {
  try {
    const finding = timerFinding(scheduleStatus(schedulePlace(invocation)));
    return finding === undefined ? [] : [finding];
  } catch (error) {
    if (!(error instanceof SesswatchError)) throw error;
    const means = 'nothing in it is believed, and nothing is ended';
    return [{ topic: 'state folder', level: 'problem', found: error.message, means, mend: error.hint }];
  }
}
